package org.salvusfs.daemon.management;

/**
 * What was copied into a project.
 *
 * @param project id of the project
 * @param entries names in the copy, its own too
 * @param bytes of contents, holes left out; shared, not stored again
 */
public record CopyReport(String project, long entries, long bytes) {}
