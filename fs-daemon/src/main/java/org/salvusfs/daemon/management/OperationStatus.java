package org.salvusfs.daemon.management;

/**
 * How often a filesystem operation was served since the start, and how fast of late.
 *
 * @param errors how many of {@code count} were refused, with any errno
 * @param p50Micros median of the last minutes, in microseconds
 */
public record OperationStatus(
    long count, long errors, double p50Micros, double p99Micros, double maxMicros) {}
