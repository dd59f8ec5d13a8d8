package org.salvusfs.metadata.txg;

import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.item.CountersItem;

/**
 * An order to commit another tree, an earlier one or one that was made beside, instead of the
 * present one with changes.
 *
 * @param root the other tree's
 * @param counters those of the other tree
 * @param mark given the commit's txg, the item that says how the project came to be so
 * @param done called with the commit's txg when it is durable and before a later group is committed
 */
record RollBack(BlockId root, CountersItem counters, Mark mark, Done done) {
  /** Makes an item of the project. */
  @FunctionalInterface
  interface Mark {
    Change at(long txg);
  }

  /** Hears of the commit, on the committer: return quickly. */
  @FunctionalInterface
  interface Done {
    void committed(long txg);
  }
}
