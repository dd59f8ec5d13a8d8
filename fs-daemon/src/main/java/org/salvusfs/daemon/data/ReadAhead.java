package org.salvusfs.daemon.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.metadata.api.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the chunks ahead of sequential reads into the cache. A hint only: streams share a small
 * table where they may displace each other, lost updates do no harm, and a chunk that cannot be
 * read is left for the reader to find out.
 */
final class ReadAhead {
  private static final Logger log = LoggerFactory.getLogger(ReadAhead.class);
  private static final int SLOTS = 256;

  /** How many chunks a task fetches, so that a window is a handful of tasks. */
  private static final int GROUP_CHUNKS = 8;

  private static final int WINDOW_BYTES_MIN = 256 << 10;

  /** How far off a read may be and still belong to the stream: the kernel's reads overtake. */
  private static final long SLACK_BYTES = 1 << 20;

  /**
   * A file that is read in order.
   *
   * @param next where the read after the latest one would begin
   * @param ahead where the next window to prefetch begins
   * @param windowBytes length of that window
   */
  private record Stream(long inode, long next, long ahead, int windowBytes) {}

  private final AtomicReferenceArray<@Nullable Stream> streams = new AtomicReferenceArray<>(SLOTS);
  private final Chunks chunks;
  private final View live;
  private final Executor workers;
  private final Semaphore permits;
  private final int windowBytesMax;
  private final int extentBytesMax;

  ReadAhead(
      Chunks chunks,
      View live,
      Executor workers,
      int tasksMax,
      int windowBytesMax,
      int extentBytesMax) {
    this.chunks = chunks;
    this.live = live;
    this.workers = workers;
    this.permits = new Semaphore(tasksMax);
    this.windowBytesMax = windowBytesMax;
    this.extentBytesMax = extentBytesMax;
  }

  /** Notes that {@code [offset, end)} of a file is about to be read. */
  void reading(long inode, long sizeBytes, long offset, long end) {
    if (end >= sizeBytes || windowBytesMax == 0) {
      return;
    }
    int slot = (int) (inode & (SLOTS - 1));
    Stream known = streams.get(slot);
    boolean follows =
        known != null && known.inode == inode && Math.abs(offset - known.next) <= SLACK_BYTES;
    if (!follows) {
      streams.set(slot, new Stream(inode, end, end, WINDOW_BYTES_MIN));
      return;
    }
    long next = Math.max(known.next, end);
    long from = Math.max(known.ahead, next);
    int window = Math.min(known.windowBytes, windowBytesMax);
    if (from - next > window / 2) {
      streams.set(slot, new Stream(inode, next, known.ahead, known.windowBytes));
      return;
    }
    long to = Math.min(from + window, sizeBytes);
    streams.set(slot, new Stream(inode, next, to, Math.min(2 * window, windowBytesMax)));
    if (from < to) {
      run(() -> prefetch(inode, from, to));
    }
  }

  private void prefetch(long inode, long from, long to) {
    var missing = new ArrayList<BlockId>();
    try {
      new StoredPieces(live, inode, from, to, false, extentBytesMax)
          .forEach(
              from,
              to,
              piece -> {
                if (piece instanceof Piece.InChunk in && !chunks.isCached(in.chunk())) {
                  missing.add(in.chunk());
                }
                return true;
              });
    } catch (IOException e) {
      log.debug("no read-ahead of inode {} at {}: {}", inode, from, e.toString());
    }
    for (int i = GROUP_CHUNKS; i < missing.size(); i += GROUP_CHUNKS) {
      List<BlockId> group = missing.subList(i, Math.min(i + GROUP_CHUNKS, missing.size()));
      run(() -> fetch(group));
    }
    fetch(missing.subList(0, Math.min(GROUP_CHUNKS, missing.size())));
  }

  private void fetch(List<BlockId> group) {
    for (BlockId chunk : group) {
      try {
        chunks.load(chunk);
      } catch (IOException e) {
        log.debug("no read-ahead of chunk {}: {}", chunk, e.toString());
      }
    }
  }

  /** Runs a task on a worker if few enough wait there. */
  private void run(Runnable task) {
    if (!permits.tryAcquire()) {
      return;
    }
    try {
      workers.execute(
          () -> {
            try {
              task.run();
            } finally {
              permits.release();
            }
          });
    } catch (RejectedExecutionException e) {
      permits.release();
      log.debug("no read-ahead: the workers are shutting down: {}", e.toString());
    }
  }
}
