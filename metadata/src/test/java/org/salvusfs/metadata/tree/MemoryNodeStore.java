package org.salvusfs.metadata.tree;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectId;

/** Nodes in a map, to be counted, damaged and lost. */
public final class MemoryNodeStore implements NodeStore {
  private final Map<BlockId, byte[]> nodes = new ConcurrentHashMap<>();
  private final AtomicLong gets = new AtomicLong();

  @Override
  public byte[] get(BlockId id) throws MetadataException {
    gets.incrementAndGet();
    byte[] sealed = nodes.get(id);
    if (sealed == null) {
      throw new MetadataException.Missing("tree node " + id + " is not in the store");
    }
    return sealed;
  }

  @Override
  public void put(Map<BlockId, byte[]> sealed) {
    nodes.putAll(sealed);
  }

  @Override
  public void delete(Collection<BlockId> ids) {
    ids.forEach(nodes::remove);
  }

  @Override
  public void deleteSealedFor(ProjectId project) {
    nodes.values().removeIf(node -> project.uuid().equals(BlockCodec.projectOf(node)));
  }

  /** The ids of all nodes, a live view. */
  public Set<BlockId> ids() {
    return nodes.keySet();
  }

  /** How often {@link #get} was called. */
  public long gets() {
    return gets.get();
  }
}
