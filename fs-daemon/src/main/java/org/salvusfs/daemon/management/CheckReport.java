package org.salvusfs.daemon.management;

import java.util.List;

/**
 * What a check found.
 *
 * @param findings a sentence each, naming inode, node or chunk; empty: the project is sound
 * @param unlisted how many more findings there are
 * @param repaired how many of the findings were mended
 */
public record CheckReport(
    String project,
    long txg,
    long nodes,
    long inodes,
    long chunks,
    List<String> findings,
    long unlisted,
    int repaired) {
  public CheckReport {
    findings = List.copyOf(findings);
  }

  /** Whether nothing was found, or all of it was mended. */
  public boolean isSound() {
    return findings.size() + unlisted == repaired;
  }
}
