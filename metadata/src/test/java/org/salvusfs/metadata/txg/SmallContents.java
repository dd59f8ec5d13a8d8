package org.salvusfs.metadata.txg;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/** File contents that are always replaced as a whole and always inline. */
final class SmallContents implements Contents {
  private record Dirty(byte[] bytes, boolean logged) {}

  private final ConcurrentSkipListMap<Long, TreeMap<Long, Dirty>> layers =
      new ConcurrentSkipListMap<>();
  private final View live;
  private volatile boolean releasing;
  private volatile Runnable heard = () -> {};

  SmallContents(View live) {
    this.live = live;
  }

  synchronized void set(Tx tx, long inode, InodeItem item, byte[] bytes) {
    layers.computeIfAbsent(tx.txg(), txg -> new TreeMap<>()).put(inode, new Dirty(bytes, false));
    tx.put(Keys.inode(inode), item.withSize(bytes.length, bytes.length).encode());
    tx.addUsage(bytes.length - item.allocatedBytes(), 0);
  }

  /** Newest layer first, then the tree; null if the file is empty. */
  synchronized byte @Nullable [] read(long inode) throws MetadataException {
    for (var layer : layers.descendingMap().values()) {
      Dirty dirty = layer.get(inode);
      if (dirty != null) {
        return dirty.bytes();
      }
    }
    return live.get(Keys.inline(inode));
  }

  @Override
  public synchronized List<Change> writeOut(long txg, View committed, View frozen)
      throws MetadataException {
    var changes = new ArrayList<Change>();
    for (var entry : layers.getOrDefault(txg, new TreeMap<>()).entrySet()) {
      if (frozen.get(Keys.inode(entry.getKey())) != null) {
        changes.add(new Change(Keys.inline(entry.getKey()), entry.getValue().bytes()));
      }
    }
    return changes;
  }

  @Override
  public synchronized void committed(long txg) {
    layers.remove(txg);
  }

  @Override
  public synchronized List<Capture> capture(long inode, View view) {
    var captures = new ArrayList<Capture>();
    layers.forEach(
        (txg, layer) -> {
          Dirty dirty = layer.get(inode);
          if (dirty != null && !dirty.logged()) {
            captures.add(
                new Capture(txg, inode, dirty.bytes(), () -> markLogged(layer, inode, dirty)));
          }
        });
    return captures;
  }

  private synchronized void markLogged(Map<Long, Dirty> layer, long inode, Dirty dirty) {
    layer.replace(inode, dirty, new Dirty(dirty.bytes(), true));
  }

  @Override
  public void replay(Tx tx, long inode, byte[] payload) throws MetadataException {
    byte[] item = tx.view().get(Keys.inode(inode));
    if (item != null) {
      set(tx, inode, InodeItem.decode(item), payload);
    }
  }

  @Override
  public boolean isReleasing(long txg) {
    return releasing;
  }

  @Override
  public void onRelease(Runnable heard) {
    this.heard = heard;
  }

  /** Says that memory will be released soon, or that nothing came of it. */
  void releasing(boolean soon) {
    releasing = soon;
    heard.run();
  }

  @Override
  public synchronized long dirtyBytes(long txg) {
    return layers.getOrDefault(txg, new TreeMap<>()).values().stream()
        .mapToLong(dirty -> dirty.bytes().length)
        .sum();
  }
}
