package org.salvusfs.daemon.management;

/**
 * A project that was deleted.
 *
 * @param state {@code deleted}, or {@code purging} if it cannot come back any more
 * @param deleted since when, ISO 8601
 * @param secondsLeft until it is purged by itself; 0 if that is due
 */
public record DeletedProject(
    String id, String name, String state, String deleted, long secondsLeft) {}
