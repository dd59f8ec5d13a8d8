package org.salvusfs.daemon.management;

import java.util.Optional;

/**
 * What a stream shall be.
 *
 * @param project id or name
 * @param snapshot of it
 * @param since another snapshot of it, for what changed since; empty: everything
 * @param skippedBytes how many of its first bytes are left out, because they are there already
 */
public record StreamWish(
    String project, String snapshot, Optional<String> since, long skippedBytes) {}
