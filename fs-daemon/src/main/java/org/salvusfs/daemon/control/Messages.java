package org.salvusfs.daemon.control;

import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.ImportReport;

/** What travels on the channel besides the records of {@code management}. */
final class Messages {
  private Messages() {}

  /**
   * Asks for a project.
   *
   * @param durability {@code host} or {@code quorum}; null: the configured default
   */
  record NewProject(String name, @Nullable String durability) {}

  /**
   * Asks for a snapshot.
   *
   * @param name null: the time
   */
  record NewSnapshot(@Nullable String name, String comment) {}

  /** Asks for a hold, or its end. */
  record Hold(String tag) {}

  /**
   * Asks for a clone of a project.
   *
   * @param snapshot null: as it is now
   */
  record NewClone(@Nullable String snapshot, String name) {}

  /** A request was refused. */
  record Refused(Refusal refusal, String message) {}

  /** The pid of a daemon that was asked to stop. */
  record Stopping(long pid) {}

  /**
   * Asks for an import.
   *
   * @param directory absolute
   */
  record NewImport(String directory) {}

  /** One line of long work: progress, or at the end exactly one of the others. */
  record WorkLine(
      long done,
      long total,
      @Nullable CheckReport check,
      @Nullable ImportReport imported,
      @Nullable Refused refused) {
    static WorkLine progress(long done, long total) {
      return new WorkLine(done, total, null, null, null);
    }

    static WorkLine refused(Refused refused) {
      return new WorkLine(0, 0, null, null, refused);
    }
  }
}
