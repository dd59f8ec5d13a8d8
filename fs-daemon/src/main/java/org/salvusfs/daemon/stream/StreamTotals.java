package org.salvusfs.daemon.stream;

import org.salvusfs.metadata.item.CountersItem;

/**
 * What a stream has at its end.
 *
 * @param counters of the snapshot that it brings, without inodes that have no name
 * @param changes items that it sets or removes
 * @param chunks contents that it carries
 * @param chunkBytes how long these are together, as plaintext
 */
public record StreamTotals(CountersItem counters, long changes, long chunks, long chunkBytes) {}
