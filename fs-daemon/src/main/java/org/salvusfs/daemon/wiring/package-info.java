/**
 * Where the daemon is put together: the only room that makes clocks, threads, randomness and
 * processes and hands them to all others, and that knows every module. What it makes it ends, in
 * the opposite order.
 */
@NullMarked
package org.salvusfs.daemon.wiring;

import org.jspecify.annotations.NullMarked;
