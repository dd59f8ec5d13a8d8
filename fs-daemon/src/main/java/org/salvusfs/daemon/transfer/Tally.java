package org.salvusfs.daemon.transfer;

import java.util.ArrayList;
import java.util.List;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.ImportReport;

/**
 * How far an import has come. The unit of work is a byte; an entry counts as {@link #ENTRY_WORK}
 * besides its contents. Thread-safe; the listener is called under the monitor.
 */
final class Tally {
  static final long ENTRY_WORK = 4096;

  private static final int FAILURES_MAX = 100;

  private final CheckProgress progress;
  private final List<String> failures = new ArrayList<>();
  private long work;
  private long expected;
  private boolean expectedAll;
  private long entries;
  private long unchanged;
  private long bytesCopied;
  private long unlisted;

  Tally(CheckProgress progress) {
    this.progress = progress;
  }

  /** The census has found work; {@code all}: there is no more. */
  synchronized void expect(long found, boolean all) {
    expected += found;
    expectedAll |= all;
  }

  /** Contents were copied. */
  synchronized void copied(long bytes) {
    bytesCopied += bytes;
    worked(bytes);
  }

  /** Contents were found to be there, or are a hole. */
  synchronized void skipped(long bytes) {
    worked(bytes);
  }

  /** An entry is done. */
  synchronized void entry(boolean wasThere) {
    entries++;
    unchanged += wasThere ? 1 : 0;
    worked(ENTRY_WORK);
  }

  /** An entry is not in the project as it was found. */
  synchronized void failed(String reason) {
    if (failures.size() < FAILURES_MAX) {
      failures.add(reason);
    } else {
      unlisted++;
    }
    entries++;
    worked(ENTRY_WORK);
  }

  private void worked(long more) {
    work += more;
    progress.at(work, expectedAll ? Math.max(work, expected) : 0);
  }

  synchronized ImportReport report(String project) {
    return new ImportReport(project, entries, unchanged, bytesCopied, failures, unlisted);
  }
}
