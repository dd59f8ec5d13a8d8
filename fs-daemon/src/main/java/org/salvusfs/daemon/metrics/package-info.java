/**
 * Counts and times of filesystem operations, kept by Micrometer. An operation's meters are made
 * when it first occurs; after that noting one allocates nothing. Thread-safe, no threads of its
 * own.
 */
@NullMarked
package org.salvusfs.daemon.metrics;

import org.jspecify.annotations.NullMarked;
