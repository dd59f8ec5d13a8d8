/**
 * The Cassandra server of a single machine, as a child process on JDK 17.
 *
 * <p>Invariants: at most one server runs on a data directory; it listens on the loopback only; its
 * commit log is synced before a write is acknowledged; a start that fails before the server is
 * launched has changed nothing. The server lives in a session of its own, so that a Ctrl-C in the
 * terminal reaches the daemon alone, and outlives a daemon that is killed: the next start finds it
 * by its working directory, which is the data directory, and adopts it.
 *
 * <p>No threads of its own. {@link org.salvusfs.metadata.localcassandra.LocalCassandra} is made and
 * closed by the wiring, which also holds the lock of the data directory.
 *
 * <p>Layout of the data directory: {@code conf/} (rewritten at each start), {@code ports}, {@code
 * store/} (Cassandra's own), {@code logs/}.
 */
@NullMarked
package org.salvusfs.metadata.localcassandra;

import org.jspecify.annotations.NullMarked;
