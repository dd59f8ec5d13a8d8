package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * What went into a stream.
 *
 * @param project its id
 * @param snapshot its name
 * @param since the snapshot since which it tells what changed; null: it has everything
 * @param moment of which the snapshot is, ISO 8601
 * @param changes items of the tree that it sets or removes
 * @param chunks contents that it carries
 * @param chunkBytes how long these are before they are compressed
 * @param skippedBytes of its beginning that were not sent
 * @param bytes that were sent
 * @param sha256 of what was sent, in hexadecimal digits
 */
public record StreamReport(
    String project,
    String snapshot,
    @Nullable String since,
    String moment,
    long changes,
    long chunks,
    long chunkBytes,
    long skippedBytes,
    long bytes,
    String sha256)
    implements SentBytes {}
