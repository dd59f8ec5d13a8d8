package org.salvusfs.daemon.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.daemon.crew.Crew;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stores large files as chunks while their group is open, so that the disk works while a program
 * writes, and memory is free again without a commit.
 *
 * <p>When a file's layer holds {@link #DUE_CHUNKS} of the longest chunks, a worker makes passes
 * over it until less is left. A pass pins the long runs of bytes, stores them up to their last
 * certain cut, and lets the layer refer to the chunks where nothing changed meanwhile. Short runs,
 * such as those of random writes, stay until the commit: the next write might change them.
 *
 * <p>Durability is that of memory: nothing is synced or committed here. A pass that fails leaves
 * everything in memory, and the commit meets the same failure and reports it.
 */
final class StoreAhead {
  private static final Logger log = LoggerFactory.getLogger(StoreAhead.class);

  /** How much is due, a pass takes, and makes a run a long one; in longest chunks. */
  private static final int DUE_CHUNKS = 32;

  private static final int PASS_CHUNKS = 64;
  private static final int RUN_CHUNKS = 4;

  /**
   * When so much of a group is stored, it is to be committed: a record of the intent log that names
   * all chunks of one file stays below some MiB.
   */
  private static final int GROUP_CHUNKS = 4096;

  private final Chunks chunks;
  private final DirtyFiles files;
  private final Executor workers;
  private final int parallelism;
  private final Map<Long, Progress> groups = new ConcurrentHashMap<>();
  private volatile Runnable released = () -> {};

  /** How far a group is. */
  private static final class Progress {
    final AtomicInteger passes = new AtomicInteger();
    final AtomicLong storedBytes = new AtomicLong();
  }

  StoreAhead(Chunks chunks, DirtyFiles files, Executor workers, int parallelism) {
    this.chunks = chunks;
    this.files = files;
    this.workers = workers;
    this.parallelism = parallelism;
  }

  /** See {@link org.salvusfs.metadata.txg.Contents#onRelease}. */
  void onRelease(Runnable heard) {
    released = heard;
  }

  /** Whether memory that {@code txg} holds is released soon, without its commit. */
  boolean isReleasing(long txg) {
    Progress group = groups.get(txg);
    return group != null && group.passes.get() > 0 && hasRoom(group);
  }

  /** A file was written to in the open group {@code txg}. */
  void wrote(long txg, long inode) {
    DirtyFile file = files.find(inode);
    if (file == null || !file.beginStoreAhead(txg, bytes(DUE_CHUNKS))) {
      return;
    }
    Progress group = groups.computeIfAbsent(txg, t -> new Progress());
    group.passes.incrementAndGet();
    next(txg, group, file);
  }

  /** The group is committed. */
  void committed(long txg) {
    groups.remove(txg);
  }

  private boolean hasRoom(Progress group) {
    return group.storedBytes.get() < bytes(GROUP_CHUNKS);
  }

  private long bytes(int longestChunks) {
    return (long) longestChunks * chunks.chunkBytesMax();
  }

  private void next(long txg, Progress group, DirtyFile file) {
    try {
      workers.execute(() -> run(txg, group, file));
    } catch (RejectedExecutionException shuttingDown) {
      end(txg, group, file, Pass.LAST);
    }
  }

  private void run(long txg, Progress group, DirtyFile file) {
    Pass pass = Pass.LAST;
    try {
      pass = hasRoom(group) ? pass(txg, group, file) : Pass.LAST;
    } catch (IOException e) {
      log.info("txg {} was not stored ahead of its commit: {}", txg, e.toString());
    } finally {
      if (pass.isStream) {
        released.run();
        next(txg, group, file);
      } else {
        end(txg, group, file, pass);
      }
    }
  }

  private void end(long txg, Progress group, DirtyFile file, Pass pass) {
    file.endStoreAhead(txg, pass.moreBytes);
    group.passes.decrementAndGet();
    released.run();
  }

  /**
   * What a pass found.
   *
   * @param isStream whether it stored something that was not overwritten meanwhile
   * @param moreBytes by how much the file is to grow before another pass is worth while
   */
  private record Pass(boolean isStream, long moreBytes) {
    /** Not again in this group. */
    static final Pass LAST = new Pass(false, Long.MAX_VALUE / 2);
  }

  private Pass pass(long txg, Progress group, DirtyFile file) throws IOException {
    DirtyFile.LongRuns found = file.pinLongRuns(files, txg, bytes(RUN_CHUNKS), bytes(PASS_CHUNKS));
    if (found == null) {
      return Pass.LAST;
    }
    try {
      long foundBytes = found.bytes();
      if (foundBytes < bytes(DUE_CHUNKS)) {
        return new Pass(false, bytes(DUE_CHUNKS) - foundBytes);
      }
      long replacedBytes = found.pinned().replace(store(found.runs()));
      group.storedBytes.addAndGet(replacedBytes);
      return replacedBytes >= foundBytes / 2 ? new Pass(true, 0) : Pass.LAST;
    } finally {
      found.pinned().unpin();
    }
  }

  private List<Piece.InChunk> store(List<List<Piece>> runs) throws IOException {
    var crew = new Crew(workers, parallelism);
    var cut = new ArrayList<ChunkRun>();
    for (List<Piece> run : runs) {
      var chunkRun = new ChunkRun(chunks, crew);
      crew.add(() -> chunkRun.storeBeginning(run));
      cut.add(chunkRun);
    }
    crew.finish();
    var stored = new ArrayList<Piece.InChunk>();
    for (int i = 0; i < runs.size(); i++) {
      long offset = runs.get(i).getFirst().offset();
      for (ChunkRun.Chunk chunk : cut.get(i).stored()) {
        stored.add(new Piece.InChunk(offset + chunk.offset(), chunk.length(), chunk.id(), 0));
      }
    }
    return stored;
  }
}
