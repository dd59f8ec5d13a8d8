package org.salvusfs.metadata.api;

import java.time.Instant;

/**
 * Something that happened to a project and that its owner may want to know.
 *
 * @param at kept to the microsecond
 * @param kind a word for programs, such as {@code quota-warning}
 * @param detail a sentence for people
 */
public record Event(ProjectId project, Instant at, String kind, String detail) {}
