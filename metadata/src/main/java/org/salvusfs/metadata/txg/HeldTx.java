package org.salvusfs.metadata.txg;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.View;

/** An operation's hold on a {@link Group}, with the changes it has collected. */
final class HeldTx implements Tx {
  private final Group group;
  private final View view;
  private final @Nullable Journal journal;
  private final Usage usage;
  private final Reservation growth;
  private final List<Change> changes = new ArrayList<>(6);
  private final List<Long> reaped = new ArrayList<>(0);
  private final List<Long> carried = new ArrayList<>(0);
  private long addedBytes;
  private long addedInodes;
  private boolean closed;

  /**
   * @param journal where the operation is noted, null if it is not
   * @param growth what was set aside for it
   */
  HeldTx(Group group, View view, @Nullable Journal journal, Usage usage, Reservation growth) {
    this.group = group;
    this.view = view;
    this.journal = journal;
    this.usage = usage;
    this.growth = growth;
  }

  @Override
  public long txg() {
    return group.txg;
  }

  @Override
  public View view() {
    return view;
  }

  @Override
  public void put(Key key, byte[] value) {
    changes.add(new Change(key, value));
  }

  @Override
  public void delete(Key key) {
    changes.add(new Change(key, null));
  }

  @Override
  public void reap(long inode) {
    reaped.add(inode);
  }

  @Override
  public void carryContents(long inode) {
    carried.add(inode);
  }

  @Override
  public void addUsage(long bytes, long inodes) {
    addedBytes += bytes;
    addedInodes += inodes;
  }

  @Override
  public void apply() {
    if (closed) {
      throw new IllegalStateException("an operation is applied once, before it is closed");
    }
    group.overlay.apply(changes, reaped);
    if (addedBytes != 0 || addedInodes != 0) {
      group.overlay.addUsage(addedBytes, addedInodes);
      usage.add(addedBytes, addedInodes, growth);
    }
    if (journal != null) {
      journal.add(new Journal.Note(group.txg, changes, reaped, carried));
    }
    close();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      group.release();
    }
  }
}
