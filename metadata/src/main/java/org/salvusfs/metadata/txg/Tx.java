package org.salvusfs.metadata.txg;

import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.View;

/**
 * One operation inside the open transaction group. It holds the group open, collects changes, and
 * applies all of them at {@link #apply} or, when closed without, none: a txg never contains half an
 * operation. Short-lived, of one thread, always closed. Do every check before the first change and
 * no slow I/O while it is open.
 */
public interface Tx extends AutoCloseable {
  /** The group that is held. */
  long txg();

  /** Items as they are before this operation. */
  View view();

  /** Sets an item. */
  void put(Key key, byte[] value);

  /** Removes an item, if it is there. */
  void delete(Key key);

  /** Removes every item of an inode; its number is never used again, its contents are forgotten. */
  void reap(long inode);

  /**
   * Says that {@code inode} was renamed over another file: whichever log record carries this
   * operation also carries that file's data, so that replacing a file is atomic without fsync.
   */
  void carryContents(long inode);

  /** Adds to the project's usage counters. */
  void addUsage(long bytes, long inodes);

  /** Makes the changes visible and, for a namespace operation, notes them for the intent log. */
  void apply();

  /** Lets go of the group; without {@link #apply} nothing happened. */
  @Override
  void close();
}
