package org.salvusfs.daemon.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The layers of one file, newest first, and their lock: the monitor of this object, a leaf lock
 * held for work in memory only.
 */
final class DirtyFile {
  private final List<Layer> layers = new ArrayList<>(2);
  private boolean dead;

  /** Whether a pass of {@link StoreAhead} goes on. */
  private boolean storingAhead;

  /** How much the newest layer is to hold before the next pass begins. */
  private long storeAheadAt;

  /** No layer is left and the file is no longer found by its inode: look it up again. */
  synchronized boolean isDead() {
    return dead;
  }

  /** What the layers say about a range. */
  synchronized Plan plan(long inode, long from, long to) {
    return new Plan(inode, layers, from, to);
  }

  /**
   * Changes the layer of {@code txg}, which must not be below that of the newest one.
   *
   * @return by how much the bytes held by the layer grow; null if the file is dead
   */
  synchronized @Nullable Long change(long txg, long sizeBytes, Consumer<Layer> change) {
    if (dead) {
      return null;
    }
    if (layers.isEmpty() || layers.getFirst().txg() < txg) {
      layers.addFirst(new Layer(txg, sizeBytes));
      storeAheadAt = 0;
    }
    Layer layer = layers.getFirst();
    if (layer.txg() != txg || layer.isFrozen()) {
      throw new IllegalStateException("a change in txg " + txg + " after it was closed");
    }
    long before = layer.heldBytes();
    change.accept(layer);
    return layer.heldBytes() - before;
  }

  /** The frozen layer of a txg that is being committed. */
  synchronized @Nullable Layer freeze(long txg) {
    for (Layer layer : layers) {
      if (layer.txg() == txg) {
        layer.freeze();
        return layer;
      }
    }
    return null;
  }

  /**
   * Whether the caller is to begin a pass over the layer of {@code txg}, which {@link
   * #endStoreAhead} then ends: no other goes on, and the layer holds enough.
   */
  synchronized boolean beginStoreAhead(long txg, long heldBytesMin) {
    if (storingAhead || layers.isEmpty()) {
      return false;
    }
    Layer newest = layers.getFirst();
    storingAhead =
        newest.txg() == txg
            && !newest.isFrozen()
            && newest.heldBytes() >= Math.max(heldBytesMin, storeAheadAt);
    return storingAhead;
  }

  /**
   * The pass over the layer of {@code txg} is over.
   *
   * @param moreBytes by how much the layer grows before the next one
   */
  synchronized void endStoreAhead(long txg, long moreBytes) {
    storingAhead = false;
    if (!layers.isEmpty() && layers.getFirst().txg() == txg) {
      storeAheadAt = layers.getFirst().heldBytes() + moreBytes;
    }
  }

  /** Long runs of the open layer of {@code txg}, pinned; null if there is no such layer. */
  synchronized @Nullable LongRuns pinLongRuns(
      DirtyFiles files, long txg, long runBytesMin, long bytesMax) {
    if (layers.isEmpty() || layers.getFirst().txg() != txg || layers.getFirst().isFrozen()) {
      return null;
    }
    Layer layer = layers.getFirst();
    List<List<Piece>> runs = layer.longRuns(runBytesMin, bytesMax);
    return new LongRuns(
        runs, new Pinned(files, this, layer, runs.stream().flatMap(List::stream).toList()));
  }

  /**
   * Bytes in memory without a gap.
   *
   * @param pinned the arrays of them all
   */
  record LongRuns(List<List<Piece>> runs, Pinned pinned) {
    long bytes() {
      return runs.stream().flatMap(List::stream).mapToLong(Piece::lengthBytes).sum();
    }
  }

  /** The layers, oldest first, for an action under the lock. */
  synchronized void forEachLayer(Consumer<Layer> action) {
    layers.reversed().forEach(action);
  }

  /** Runs an action under the lock if the file still has that layer. */
  synchronized void onLayer(Layer layer, Runnable action) {
    if (layers.contains(layer)) {
      action.run();
    }
  }

  /**
   * Drops layers and tells {@code dropped} of each; when none is left, runs {@code last} and dies.
   * Both run under the lock.
   */
  synchronized void drop(Predicate<Layer> which, Consumer<Layer> dropped, Runnable last) {
    layers.stream().filter(which).forEach(dropped);
    layers.removeIf(which);
    if (layers.isEmpty() && !dead) {
      dead = true;
      last.run();
    }
  }
}
