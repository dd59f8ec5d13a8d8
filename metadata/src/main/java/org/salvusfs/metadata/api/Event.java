package org.salvusfs.metadata.api;

import java.time.Instant;
import java.util.UUID;

/**
 * Something that happened to a project and that its owner may want to know.
 *
 * @param project {@link #NO_PROJECT} if it happened to a host
 * @param at kept to the microsecond
 * @param kind a word for programs, such as {@code quota-warning}
 * @param detail a sentence for people
 */
public record Event(ProjectId project, Instant at, String kind, String detail) {
  /** Stands where something concerns a host, and so whoever runs it. */
  public static final ProjectId NO_PROJECT = new ProjectId(new UUID(0, 0));
}
