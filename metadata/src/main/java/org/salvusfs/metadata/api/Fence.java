package org.salvusfs.metadata.api;

import java.util.UUID;

/**
 * The right to write a project, as every commit and log append presents it.
 *
 * @param epoch raised by one at every opening, so that an older holder's writes are refused
 * @param host the holder
 * @param incarnation the holder's start: a restarted daemon has a new one
 */
public record Fence(ProjectId project, long epoch, UUID host, UUID incarnation) {}
