package org.salvusfs.metadata.txg;

import java.io.IOException;
import java.util.List;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.View;

/**
 * The dirty file contents of one project, as {@link Transactions} sees them: it asks for them when
 * a group commits and when a file is logged. Implemented by the daemon's dirty buffers.
 *
 * <p>Every file has at most two <em>layers</em> of changed contents, one for each txg that is not
 * committed yet. A layer of a closed txg never changes.
 */
public interface Contents {
  /**
   * What one file's layer adds to a log record.
   *
   * @param txg the layer's group
   * @param payload encoding of the change, read back by {@link #replay}
   * @param onDurable run once the record is durable: the changes need not be logged again
   */
  record Capture(long txg, long inode, byte[] payload, Runnable onDurable) {}

  /**
   * The item changes (INLINE, EXTENT) that make the contents of {@code txg} part of the tree, for
   * every file that has a layer of that group; in any order. Chunks are stored but not synced. Runs
   * on the committer when no operation holds {@code txg} any more; callers may repeat it.
   *
   * @param committed the tree below {@code txg}
   * @param frozen the tree with all items of {@code txg} (inode sizes are read here; a file without
   *     an inode here is left out)
   */
  List<Change> writeOut(long txg, View committed, View frozen) throws IOException;

  /** The commit of {@code txg} is visible: its layers may go. */
  void committed(long txg);

  /**
   * What must be logged so that the file's present contents survive a crash: for each layer with
   * changes that are not logged yet, oldest first. Chunks named in a payload are stored; the caller
   * syncs them. Empty if all is logged.
   */
  List<Capture> capture(long inode, View view) throws IOException;

  /**
   * Applies a logged capture on top of what is there. If the inode does not exist, does nothing.
   * Size, mtime and ctime come from the payload, the allocation is recounted, all else of the inode
   * stays; the usage counters follow.
   */
  void replay(Tx tx, long inode, byte[] payload) throws IOException;

  /** Bytes of file contents held in memory by layers of {@code txg}. */
  long dirtyBytes(long txg);

  /**
   * Whether some of {@link #dirtyBytes} will be released soon without a commit. Who waits for that
   * hears of it by {@link #onRelease}, also if nothing comes of it.
   */
  boolean isReleasing(long txg);

  /** Has {@code heard} run after memory was released without a commit, on any thread, unlocked. */
  void onRelease(Runnable heard);
}
