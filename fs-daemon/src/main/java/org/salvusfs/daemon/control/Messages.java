package org.salvusfs.daemon.control;

import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.CheckReport;

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

  /**
   * Asks for a file of a snapshot.
   *
   * @param to null: where it was
   */
  record Restore(String path, @Nullable String to) {}

  /** Asks for another policy of automatic snapshots. */
  record Policy(String policy) {}

  /** Asks for the end of a project in the trash. */
  record Purge(boolean force) {}

  /** A request was refused. */
  record Refused(Refusal refusal, String message) {}

  /** The pid of a daemon that was asked to stop. */
  record Stopping(long pid) {}

  /** One line of a check: progress, or at the end exactly one of the other two. */
  record CheckLine(
      long done, long total, @Nullable CheckReport report, @Nullable Refused refused) {}
}
