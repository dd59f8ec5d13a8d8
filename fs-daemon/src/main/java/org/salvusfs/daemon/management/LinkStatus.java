package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * A link.
 *
 * @param project id of the project that has it
 * @param path of the link, from that project's top
 * @param from id of the project that it shows
 * @param fromName its name; null: it is deleted, and the link is empty
 * @param directory that it shows, from that project's top; empty: the top
 * @param uid who owns what it shows
 * @param gid likewise, the group
 */
public record LinkStatus(
    String project,
    String path,
    String from,
    @Nullable String fromName,
    String directory,
    long uid,
    long gid) {}
