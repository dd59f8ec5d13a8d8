package org.salvusfs.metadata.garbage;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.ProjectId;

/**
 * Counts what the chunks of each project take, and how much of that other projects refer to as
 * well, along the way of a {@link Marker} that meets every project's trees one after another.
 *
 * <p>Equal chunks are stored once, so a chunk's bytes are no project's own, and sums over parts of
 * trees are not sums over chunks: what is needed are the chunks themselves with the projects that
 * refer to them. Memory is bounded by keeping a sample: those whose ids end in a number of zero
 * bits. Ids are MACs, so that is a fair choice, and the same one in every project. It begins with
 * all chunks, and whenever there are too many, every other one goes (adaptive sampling). As long as
 * none went the count is exact; after that every sum is scaled up, and its error known.
 *
 * <p>The marker reads no leaf twice. What a leaf has of the sample is remembered, so that a further
 * project that has the leaf, a clone, is counted without reading it; inner nodes are read once for
 * each project, they are one in fifty. One thread uses it.
 *
 * @see "P. Flajolet, On Adaptive Sampling, Computing 43 (1990)"
 */
final class SpaceCount {
  /** Some 32 MiB; chunks of about 8 GiB are counted exactly. */
  static final int ENTRIES_MAX = 1 << 18;

  /** Inner nodes of one project; one that is forgotten is read again. */
  private static final int INNER_MAX = 1 << 20;

  /** A chunk that might have been there, so that having met none proves nothing. */
  private static final double TYPICAL_BYTES = 64 << 10;

  /** Of a normal distribution, 95 % is within so many standard deviations. */
  private static final double DEVIATIONS = 2;

  /** Says what a chunk takes. */
  @FunctionalInterface
  interface Lengths {
    /** In bytes of a pack; 0 if no pack of this host has it. */
    long of(BlockId chunk) throws IOException;
  }

  private final int entriesMax;
  private final List<ProjectId> projects = new ArrayList<>();

  /** For each chunk of the sample its projects: twice their place in the list, odd: live. */
  private final Map<BlockId, int[]> chunks = new HashMap<>();

  /** What leaves have of the sample, those that have something of it. */
  private final Map<BlockId, BlockId[]> leaves = new HashMap<>();

  private IdSet inner = new IdSet(INNER_MAX);
  private int zeroBits;
  private int entries;
  private boolean isLive;
  private boolean isOver;

  /**
   * Nothing counted yet.
   *
   * @param entriesMax references that it remembers
   */
  SpaceCount(int entriesMax) {
    this.entriesMax = entriesMax;
  }

  /** The trees that are met from now on are a project's, the live one before its snapshots. */
  void begin(ProjectId project) {
    if (isOver) {
      return;
    }
    projects.add(project);
    inner = new IdSet(INNER_MAX);
  }

  /** Whether what is met from now on is of the live tree. */
  void live(boolean now) {
    isLive = now;
  }

  /** What is met from now on does not count. */
  void end() {
    isOver = true;
  }

  /** Whether all that hangs on an inner node was met in this project. */
  boolean knows(BlockId node) {
    return isOver || inner.contains(node);
  }

  /**
   * Meets a node that was walked in this or another project.
   *
   * @return whether it has to be read again
   */
  boolean wants(BlockId node, int level) {
    if (level > 0) {
      return !knows(node);
    }
    if (!isOver) {
      refer(leaves.getOrDefault(node, new BlockId[0]));
      thin();
    }
    return false;
  }

  /** Meets an inner node that is being read. */
  void inner(BlockId node) {
    inner.add(node);
  }

  /** Meets a leaf that is being read, and refers to chunks. */
  void leaf(BlockId node, List<BlockId> all) {
    if (isOver) {
      return;
    }
    BlockId[] sampled = all.stream().filter(this::isSampled).distinct().toArray(BlockId[]::new);
    if (sampled.length > 0) {
      BlockId[] before = leaves.put(node, sampled);
      entries += sampled.length - (before == null ? 0 : before.length);
      refer(sampled);
      thin();
    }
  }

  private boolean isSampled(BlockId chunk) {
    return Long.numberOfTrailingZeros(chunk.w3()) >= zeroBits;
  }

  private void refer(BlockId[] to) {
    int project = 2 * (projects.size() - 1);
    for (BlockId chunk : to) {
      int[] known = chunks.getOrDefault(chunk, new int[0]);
      // Projects come one after another: this one is the last, or not there yet.
      if (known.length > 0 && (known[known.length - 1] & ~1) == project) {
        known[known.length - 1] |= isLive ? 1 : 0;
      } else {
        int[] longer = Arrays.copyOf(known, known.length + 1);
        longer[known.length] = project + (isLive ? 1 : 0);
        chunks.put(chunk, longer);
        entries++;
      }
    }
  }

  /** Has every other chunk go as long as there are too many. */
  private void thin() {
    while (entries > entriesMax) {
      zeroBits++;
      chunks.keySet().removeIf(chunk -> !isSampled(chunk));
      leaves.replaceAll(
          (leaf, all) -> Arrays.stream(all).filter(this::isSampled).toArray(BlockId[]::new));
      leaves.values().removeIf(all -> all.length == 0);
      entries =
          chunks.values().stream().mapToInt(each -> each.length).sum()
              + leaves.values().stream().mapToInt(each -> each.length).sum();
    }
  }

  /** What each project takes. */
  Map<ProjectId, StoredSpace> result(Lengths lengths) throws IOException {
    int count = projects.size();
    double[] live = new double[count];
    double[] all = new double[count];
    double[] shared = new double[count];
    double[] squares = new double[count];
    for (var entry : chunks.entrySet()) {
      double bytes = lengths.of(entry.getKey());
      int[] referring = entry.getValue();
      for (int each : referring) {
        int project = each / 2;
        live[project] += (each & 1) * bytes;
        all[project] += bytes;
        shared[project] += referring.length > 1 ? bytes : 0;
        squares[project] += bytes * bytes;
      }
    }
    double scale = Math.scalb(1.0, zeroBits);
    var spaces = new HashMap<ProjectId, StoredSpace>();
    for (int i = 0; i < count; i++) {
      // Horvitz and Thompson: each chunk of the sample stands for `scale` of its kind.
      double variance = scale * (scale - 1) * (squares[i] + TYPICAL_BYTES * TYPICAL_BYTES);
      spaces.put(
          projects.get(i),
          new StoredSpace(
              Math.round(scale * live[i]),
              Math.round(scale * all[i]),
              Math.round(scale * shared[i]),
              Math.round(DEVIATIONS * Math.sqrt(variance))));
    }
    return spaces;
  }
}
