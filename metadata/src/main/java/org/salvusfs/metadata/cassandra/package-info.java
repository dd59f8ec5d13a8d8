/**
 * The metadata stores on Apache Cassandra; the only package that knows the CQL driver.
 *
 * <p>Invariants: heads, logs, project names and the cluster row are changed by lightweight
 * transactions only ({@link org.salvusfs.metadata.cassandra.Lwt}), except that retired log rows are
 * deleted plainly; everything else is idempotent and written plainly. No method returns before a
 * quorum of the local data center has acknowledged. The driver never repeats a lightweight
 * transaction by itself.
 *
 * <p>Failure: whatever the driver reports is repeated with growing pauses until the configured
 * patience ends, then {@code Unavailable} ({@link org.salvusfs.metadata.cassandra.Retries}); a
 * refused statement is a bug and stays the driver's unchecked exception.
 *
 * <p>Threads: callers' own, blocking; the driver's Netty threads belong to the session and end with
 * {@link org.salvusfs.metadata.cassandra.CassandraMetadata#close}. No locks are held around I/O,
 * but for the one that orders the writes of a host row.
 */
@NullMarked
package org.salvusfs.metadata.cassandra;

import org.jspecify.annotations.NullMarked;
