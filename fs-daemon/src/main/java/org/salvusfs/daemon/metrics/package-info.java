/**
 * Counts and times of what a daemon does, kept by Micrometer. An operation's meters are made when
 * it first occurs; after that noting one allocates nothing. Thread-safe, no threads of its own.
 * {@code docs/operations/monitoring.md} lists every meter; a test proves that it does.
 */
@NullMarked
package org.salvusfs.daemon.metrics;

import org.jspecify.annotations.NullMarked;
