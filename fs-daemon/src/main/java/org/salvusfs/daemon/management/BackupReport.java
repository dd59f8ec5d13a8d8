package org.salvusfs.daemon.management;

import java.util.List;

/**
 * What a backup did.
 *
 * @param manifest the file on the target that names all of it
 * @param projects how many are in it
 * @param snapshots how many of theirs
 * @param blocksCopied chunks and tree nodes that the target did not have
 * @param bytesCopied how long they are, as they are stored
 * @param keyIncluded whether the target alone is enough for a restore
 * @param failures a sentence for each project that could not be saved; if an earlier backup has it,
 *     this one has it as it was then
 */
public record BackupReport(
    String target,
    String manifest,
    int projects,
    int snapshots,
    long blocksCopied,
    long bytesCopied,
    boolean keyIncluded,
    List<String> failures) {
  public BackupReport {
    failures = List.copyOf(failures);
  }

  /** Whether every project that was asked for was saved. */
  public boolean isComplete() {
    return failures.isEmpty();
  }
}
