package org.salvusfs.metadata.txg;

import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.item.CountersItem;

/**
 * An order to commit an earlier tree again, instead of the present one with changes.
 *
 * @param root the earlier tree's
 * @param counters those of the earlier tree
 * @param lineage given the commit's txg, what the new tree descends from
 * @param done called with the commit's txg when it is durable and before a later group is committed
 */
record RollBack(BlockId root, CountersItem counters, LineageOf lineage, Done done) {
  /** Makes the item that says what the new tree descends from. */
  @FunctionalInterface
  interface LineageOf {
    Change at(long txg);
  }

  /** Hears of the commit, on the committer: return quickly. */
  @FunctionalInterface
  interface Done {
    void committed(long txg);
  }
}
