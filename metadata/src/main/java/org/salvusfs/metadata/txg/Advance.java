package org.salvusfs.metadata.txg;

import java.util.List;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.ReceivedItem;
import org.salvusfs.metadata.tree.Replaced;

/**
 * A tree that was made of a project's live one, to take its place.
 *
 * @param from root of the live tree
 * @param birthTxg that all its new nodes have: one that was committed after every snapshot and left
 *     that root as it was, so that no other commit makes a node with the same id
 * @param root of the new tree, stored
 * @param counters of the new tree
 * @param source what the new tree is a copy of
 * @param replaced the nodes that only the live tree has
 */
public record Advance(
    BlockId from,
    long birthTxg,
    BlockId root,
    CountersItem counters,
    ReceivedItem.State source,
    List<Replaced> replaced) {
  public Advance {
    replaced = List.copyOf(replaced);
  }

  ReceivedItem received(ProjectId project, long txg) {
    return new ReceivedItem(project, txg, source);
  }
}
