package org.salvusfs.metadata.tree;

import org.salvusfs.blockstore.api.BlockId;

/**
 * A node that the new tree no longer has.
 *
 * @param birthTxg the txg that made it: if no snapshot is younger, nothing else refers to it
 */
public record Replaced(BlockId id, long birthTxg) {}
