package org.salvusfs.metadata.lease;

/**
 * What a host knows of its right at one moment.
 *
 * @param granted false before the first renewal, and for ever after another process took this
 *     host's place
 * @param untilNanos when the right ends on the host's monotonic clock
 * @param term rises with every renewal that found the right lost
 */
record Validity(boolean granted, long untilNanos, long term) {
  boolean at(long nowNanos) {
    return granted && nowNanos - untilNanos < 0;
  }
}
