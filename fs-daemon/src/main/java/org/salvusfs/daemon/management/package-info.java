/**
 * What can be asked of a running daemon, in words that the command line, the API and the daemon
 * share. Holds no state and starts no threads; implementations are thread-safe.
 */
@NullMarked
package org.salvusfs.daemon.management;

import org.jspecify.annotations.NullMarked;
