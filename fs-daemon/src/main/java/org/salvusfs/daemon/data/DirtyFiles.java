package org.salvusfs.daemon.data;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** All files that have layers, by inode, and for each txg which files those are. Thread-safe. */
final class DirtyFiles {
  private static final class Group {
    final Set<Long> inodes = ConcurrentHashMap.newKeySet();
    final AtomicLong heldBytes = new AtomicLong();
  }

  private final Map<Long, DirtyFile> files = new ConcurrentHashMap<>();
  private final Map<Long, Group> groups = new ConcurrentHashMap<>();

  @Nullable DirtyFile find(long inode) {
    return files.get(inode);
  }

  /** What the file's layers say about a range; everything is left to the tree if it has none. */
  Plan plan(long inode, long from, long to) {
    DirtyFile file = files.get(inode);
    return file == null ? new Plan(inode, List.of(), from, to) : file.plan(inode, from, to);
  }

  /** Changes the file's layer of {@code txg}; {@code sizeBytes} is the file's size before that. */
  void change(long txg, long inode, long sizeBytes, Consumer<Layer> change) {
    Group group = groups.computeIfAbsent(txg, t -> new Group());
    group.inodes.add(inode);
    Long grown;
    do {
      grown = files.computeIfAbsent(inode, i -> new DirtyFile()).change(txg, sizeBytes, change);
    } while (grown == null);
    group.heldBytes.addAndGet(grown);
  }

  /** The layers of a txg that is closed, by inode. They never change again. */
  Map<Long, Layer> freeze(long txg) {
    var frozen = new HashMap<Long, Layer>();
    Group group = groups.get(txg);
    if (group != null) {
      for (long inode : group.inodes) {
        DirtyFile file = files.get(inode);
        Layer layer = file == null ? null : file.freeze(txg);
        if (layer != null) {
          frozen.put(inode, layer);
        }
      }
    }
    return frozen;
  }

  /** Drops the layers of {@code txg}, which is committed. */
  void committed(long txg) {
    Group group = groups.remove(txg);
    if (group != null) {
      group.inodes.forEach(inode -> drop(inode, layer -> layer.txg() <= txg));
    }
  }

  /** Drops the file's layers of {@code fromTxg} and later. */
  void forget(long inode, long fromTxg) {
    drop(inode, layer -> layer.txg() >= fromTxg);
  }

  /** Heap held by the layers of a txg. */
  long heldBytes(long txg) {
    Group group = groups.get(txg);
    return group == null ? 0 : group.heldBytes.get();
  }

  /** Notes that a layer of {@code txg} let go of bytes. */
  void released(long txg, long bytes) {
    Group group = groups.get(txg);
    if (group != null) {
      group.heldBytes.addAndGet(-bytes);
    }
  }

  private void drop(long inode, Predicate<Layer> which) {
    DirtyFile file = files.get(inode);
    if (file != null) {
      file.drop(
          which,
          layer -> released(layer.txg(), layer.heldBytes()),
          () -> files.remove(inode, file));
    }
  }
}
