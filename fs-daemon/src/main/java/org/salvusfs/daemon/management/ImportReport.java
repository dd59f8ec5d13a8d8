package org.salvusfs.daemon.management;

import java.util.List;

/**
 * What an import did.
 *
 * @param entries files, directories and all else that was looked at
 * @param unchanged how many of them were in the project already, contents and all
 * @param bytesCopied contents that were read and written, holes left out
 * @param failures a sentence for each entry that is not in the project as it was found, naming it
 * @param unlisted how many more of them there are
 */
public record ImportReport(
    String project,
    long entries,
    long unchanged,
    long bytesCopied,
    List<String> failures,
    long unlisted) {
  public ImportReport {
    failures = List.copyOf(failures);
  }

  /** Whether everything is in the project as it was found. */
  public boolean isComplete() {
    return failures.isEmpty();
  }
}
