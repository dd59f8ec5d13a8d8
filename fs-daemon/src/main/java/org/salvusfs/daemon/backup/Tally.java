package org.salvusfs.daemon.backup;

import org.salvusfs.daemon.management.CheckProgress;

/**
 * What was copied, and how far that is: in thousandths of a project, by the bytes of its files, as
 * nobody knows beforehand how much of it is there already. Of one thread.
 */
final class Tally {
  private static final long STEPS = 1000;

  private final CheckProgress progress;
  private final int projects;
  private long chunks;
  private long nodes;
  private long bytes;
  private int project;
  private long projectBytes;
  private long passedBytes;

  /**
   * @param projects how many will {@link #begin}
   */
  Tally(CheckProgress progress, int projects) {
    this.progress = progress;
    this.projects = projects;
    tell();
  }

  /** The next project, of that many bytes. */
  void begin(long ofBytes) {
    projectBytes = ofBytes;
    passedBytes = 0;
    tell();
  }

  /** The project is done. */
  void end() {
    project++;
    begin(0);
  }

  void chunk(int sealedBytes) {
    chunks++;
    bytes += sealedBytes;
    tell();
  }

  void node(int sealedBytes) {
    nodes++;
    bytes += sealedBytes;
    tell();
  }

  /** So many bytes of a file are there now, copied or not. */
  void passed(long fileBytes) {
    passedBytes += fileBytes;
    tell();
  }

  private void tell() {
    long share =
        projectBytes <= 0
            ? 0
            : (long) ((STEPS - 1.0) * Math.min(1, passedBytes / (double) projectBytes));
    progress.at(project * STEPS + share, projects * STEPS);
  }

  long chunks() {
    return chunks;
  }

  long nodes() {
    return nodes;
  }

  /** Sealed bytes of all blocks that were copied. */
  long bytes() {
    return bytes;
  }
}
