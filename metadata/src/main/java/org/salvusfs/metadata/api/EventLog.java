package org.salvusfs.metadata.api;

import java.time.LocalDate;
import java.util.List;

/**
 * What happened to projects, by day. Nothing is ever changed, and nothing removed before its
 * project is purged. Thread-safe; blocks.
 */
public interface EventLog {
  /** How many days one question may ask for. */
  int DAYS_MAX = 366;

  /** Adds an event, which is durable on return; two events of one moment are two. */
  void add(Event event) throws MetadataException;

  /**
   * A project's events, newest first.
   *
   * @param last the last day (UTC) whose events are wanted
   * @param days how many days up to and with it; 1 to {@link #DAYS_MAX}
   * @param most how many at most
   */
  List<Event> newest(ProjectId project, LocalDate last, int days, int most)
      throws MetadataException;

  /** Removes a project's events of the days (UTC) from {@code first} to {@code last}. */
  void forget(ProjectId project, LocalDate first, LocalDate last) throws MetadataException;
}
