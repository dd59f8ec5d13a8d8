package org.salvusfs.daemon.transfer;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.ImportReport;

/**
 * How far an import has come. The unit of work is a byte; an entry counts as {@link #ENTRY_WORK}
 * besides its contents. Thread-safe; the listener is called under the monitor.
 */
final class Tally {
  static final long ENTRY_WORK = 4096;

  /** What is less is done within seconds, and nobody needs to be told how long it will take. */
  private static final long SHORT_WORK = 1L << 30;

  private static final int FAILURES_MAX = 100;

  private final CheckProgress progress;
  private final List<String> failures = new ArrayList<>();
  private long work;
  private @Nullable Runnable whenLong;
  private long expected;
  private boolean expectedAll;
  private long entries;
  private long unchanged;
  private long bytesCopied;
  private long unlisted;

  Tally(CheckProgress progress) {
    this.progress = progress;
  }

  /** What to do, once, when so much is done that it matters how much is still to come. */
  synchronized void whenLong(Runnable action) {
    whenLong = action;
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
    if (work > SHORT_WORK && whenLong != null) {
      whenLong.run();
      whenLong = null;
    }
    progress.at(work, expectedAll ? Math.max(work, expected) : 0);
  }

  synchronized ImportReport report(String project) {
    return new ImportReport(project, entries, unchanged, bytesCopied, failures, unlisted);
  }
}
