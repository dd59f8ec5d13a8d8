package org.salvusfs.metadata.log;

import java.util.List;

/**
 * Which of the files found at an opening continue what is committed, and which are the tail of an
 * opening that another host has superseded.
 *
 * <p>A file continues it if no later epoch than its own has committed. That is all: whoever
 * acquired the project in between and committed nothing changed nothing.
 *
 * <p>What this host recovers is committed in a later epoch than it was logged in, though, and if
 * the process dies right after that commit, the files are still there. Therefore recovery first
 * <em>adopts</em> what it replays: it renames the oldest of the files to carry the new epoch as
 * their owner. One rename is atomic, and every file written since the adopted one belongs to the
 * same chain.
 *
 * @param chain files whose records are to be replayed as far as they are not committed, oldest
 *     first
 * @param stale files that must not be replayed, oldest first
 */
record Inheritance(List<LogFileName> chain, List<LogFileName> stale) {
  /**
   * Divides the files.
   *
   * @param files all live files of the project, oldest first
   * @param committedEpoch the epoch that made the last commit
   */
  static Inheritance of(List<LogFileName> files, long committedEpoch) {
    long oldest =
        files.stream()
            .filter(name -> name.owner() >= committedEpoch)
            .mapToLong(LogFileName::epoch)
            .min()
            .orElse(Long.MAX_VALUE);
    return new Inheritance(
        files.stream().filter(name -> name.epoch() >= oldest).toList(),
        files.stream().filter(name -> name.epoch() < oldest).toList());
  }
}
