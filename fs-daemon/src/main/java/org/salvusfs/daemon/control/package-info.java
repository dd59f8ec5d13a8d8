/**
 * How commands reach the daemon of a data directory: the announcement that it leaves there, the
 * words of its {@link org.salvusfs.daemon.api API} and the client that speaks them. Knows nothing
 * of the server, so that commands load little and start fast.
 *
 * <p>Starts no threads; a client is used by one thread.
 */
@NullMarked
package org.salvusfs.daemon.control;

import org.jspecify.annotations.NullMarked;
