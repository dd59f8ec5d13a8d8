package org.salvusfs.daemon.management;

import org.jspecify.annotations.Nullable;

/**
 * What a project may use; null: as much as there is.
 *
 * @param bytes hard limit, the reserve included
 * @param softBytes users may be above it for the time of grace
 * @param overSoftSince ISO 8601; null if use is not above the soft limit
 * @param reserveBytes the last bytes of the hard limit, which only root may use
 */
public record QuotaStatus(
    @Nullable Long bytes,
    @Nullable Long softBytes,
    long graceSeconds,
    @Nullable String overSoftSince,
    @Nullable Long inodes,
    long reserveBytes) {}
