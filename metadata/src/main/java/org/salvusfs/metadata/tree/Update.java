package org.salvusfs.metadata.tree;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.salvusfs.blockstore.api.BlockId;

/**
 * What {@link Tree#apply} made. Nothing is stored yet: first store {@link #sealed()}, then point
 * the head at {@link #root}, then forget {@link #replaced}.
 *
 * @param root the new tree's root; the old one if nothing changed
 * @param added the nodes that only the new tree has, children before parents
 * @param replaced the nodes that only the old tree has, disjoint from {@code added}
 */
public record Update(BlockId root, Map<BlockId, NewNode> added, List<Replaced> replaced) {
  /** The bytes to store, by id. */
  public Map<BlockId, byte[]> sealed() {
    var sealed = LinkedHashMap.<BlockId, byte[]>newLinkedHashMap(added.size());
    added.forEach((id, node) -> sealed.put(id, node.sealed()));
    return sealed;
  }

  /** The ids of the nodes that only the old tree has. */
  public List<BlockId> replacedIds() {
    return replaced.stream().map(Replaced::id).toList();
  }
}
