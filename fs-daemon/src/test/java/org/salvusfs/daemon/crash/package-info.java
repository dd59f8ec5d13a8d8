/**
 * Proves what a crash may lose: {@code CrashLoad} works in a directory and keeps a log of every
 * operation and of every fsync that was acknowledged; {@code CrashVerifier} compares what a
 * restarted daemon shows with that log.
 */
@NullMarked
package org.salvusfs.daemon.crash;

import org.jspecify.annotations.NullMarked;
