/**
 * The configuration file: its keys, in one table, and a parser that refuses what the table does not
 * know, naming the line. {@code docs/operations/configuration.md} describes every key; a test
 * proves that page and table agree. Immutable, no threads.
 */
@NullMarked
package org.salvusfs.daemon.config;

import org.jspecify.annotations.NullMarked;
