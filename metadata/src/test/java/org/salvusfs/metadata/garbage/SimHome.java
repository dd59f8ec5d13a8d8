package org.salvusfs.metadata.garbage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.ProjectId;

/**
 * A project as a simulation sees it: files of one chunk each. What is durable, and what the process
 * that serves it holds in memory.
 */
final class SimHome {
  /** What a group changed of one file. */
  sealed interface Dirty {}

  /** Contents in memory. */
  record Memory(int chunk) implements Dirty {}

  /** A reference to a chunk that is stored. */
  record Stored(int chunk) implements Dirty {}

  record Gone() implements Dirty {}

  /** A transaction group. */
  static final class Group {
    final long txg;
    final Map<Integer, Dirty> changes = new TreeMap<>();

    /** The files' chunks once they are written out; null before. */
    @Nullable Map<Integer, Integer> written;

    Group(long txg) {
      this.txg = txg;
    }
  }

  /** A snapshot's files, by the instant that it was made. */
  record Kept(Map<Integer, Integer> files, BlockId root) {}

  /** A file's contents as an fsync logged them. */
  record Logged(long txg, int file, int chunk) {}

  /** Something that takes its time. */
  interface Carried {
    /** Its end. */
    void finish() throws Exception;
  }

  final ProjectId id;

  // Durable.
  Map<Integer, Integer> committed = new TreeMap<>();
  BlockId root;
  long committedTxg;
  final Map<Long, Kept> kept = new TreeMap<>();
  final List<Logged> log = new ArrayList<>();

  // In memory, while it is open.
  @Nullable Fence fence;
  @Nullable Group open;
  @Nullable Group syncing;

  /** Operations inside the open group. */
  final List<Carried> holders = new ArrayList<>();

  /** A capture under way. */
  final List<Carried> captures = new ArrayList<>();

  /** A change of snapshots under way: one at a time. */
  @Nullable Carried changing;

  SimHome(ProjectId id, BlockId root, long txg) {
    this.id = id;
    this.root = root;
    this.committedTxg = txg;
  }

  boolean isOpen() {
    return fence != null;
  }

  /** The process dies. */
  void forget() {
    fence = null;
    open = null;
    syncing = null;
    holders.clear();
    captures.clear();
    changing = null;
  }

  /** The chunk that a file consists of now; null if there is none. */
  @Nullable Dirty now(int file) {
    for (Group group : new Group[] {open, syncing}) {
      Dirty dirty = group == null ? null : group.changes.get(file);
      if (dirty != null) {
        return dirty;
      }
    }
    Integer chunk = committed.get(file);
    return chunk == null ? null : new Stored(chunk);
  }

  /** All chunks that must be readable. */
  List<Integer> referred() {
    var chunks = new ArrayList<>(committed.values());
    kept.values().forEach(each -> chunks.addAll(each.files().values()));
    log.forEach(record -> chunks.add(record.chunk()));
    for (Group group : new Group[] {open, syncing}) {
      if (group != null) {
        for (Dirty dirty : group.changes.values()) {
          if (dirty instanceof Stored(int chunk)) {
            chunks.add(chunk);
          }
        }
      }
    }
    return chunks;
  }

  static <T> T any(List<T> from, Random random) {
    return from.get(random.nextInt(from.size()));
  }
}
