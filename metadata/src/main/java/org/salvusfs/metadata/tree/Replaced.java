package org.salvusfs.metadata.tree;

import org.salvusfs.blockstore.api.BlockId;

/**
 * A node that the new tree no longer has.
 *
 * @param isOwn whether the tree's own project made it, not the origin of a clone
 * @param birthTxg the txg that made it: if no snapshot is younger, nothing else refers to it
 */
public record Replaced(BlockId id, boolean isOwn, long birthTxg) {}
