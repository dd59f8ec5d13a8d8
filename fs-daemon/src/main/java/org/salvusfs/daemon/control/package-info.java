/**
 * The channel between a daemon and the commands that ask it for something: HTTP and JSON on
 * 127.0.0.1, with a bearer token that only the owner of the data directory can read. Internal: its
 * paths may change with every version, and the daemon and its command line are one version. {@code
 * /metrics} (Prometheus text, counters only) is open to everyone on this machine.
 *
 * <p>Requests run on the executor that the wiring hands in; they share nothing but the daemon.
 */
@NullMarked
package org.salvusfs.daemon.control;

import org.jspecify.annotations.NullMarked;
