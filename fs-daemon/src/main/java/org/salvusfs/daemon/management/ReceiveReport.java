package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * What a stream has brought.
 *
 * @param project id of the project that it is now in
 * @param name of that project
 * @param snapshot that was received
 * @param since the snapshot from which the project moved forward; null: the stream had everything
 * @param isNew whether the project was made for it
 * @param wasThere whether the project had received it before, and nothing was to be done
 * @param changes items of the tree that were set or removed
 * @param chunks contents that came, also those that were stored already
 * @param chunkBytes how long these are
 */
public record ReceiveReport(
    String project,
    String name,
    String snapshot,
    @Nullable String since,
    boolean isNew,
    boolean wasThere,
    long changes,
    long chunks,
    long chunkBytes) {}
