package org.salvusfs.metadata.tree;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;

/**
 * Decoded nodes in memory, over the store that holds them sealed: one cache for all projects, since
 * an id says everything. Bounded by the heap the nodes take, evicting what is used least (Window
 * TinyLFU, so that a scan does not flush it). Never stale, since a node never changes.
 *
 * <p>Thread-safe; reads the store on the caller's thread and holds no lock meanwhile. When many ask
 * for the same node, one reads it and the others wait for that; a failure is theirs too, and is not
 * remembered.
 */
public final class NodeCache implements NodeSource {
  private final NodeSource stored;
  private final Cache<BlockId, Node> nodes;

  /** Reads under way. A node is in the cache before its read leaves this map. */
  private final ConcurrentMap<BlockId, CompletableFuture<Node>> reads = new ConcurrentHashMap<>();

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();

  /**
   * @param heapBytesMax about how much heap the nodes may take
   */
  public NodeCache(NodeStore store, BlockCodec codec, long heapBytesMax) {
    this.stored = new StoredNodes(store, codec);
    this.nodes =
        Caffeine.newBuilder()
            .maximumWeight(heapBytesMax)
            .weigher((BlockId id, Node node) -> node.heapBytes())
            .executor(Runnable::run)
            .build();
  }

  @Override
  public Node load(BlockId id) throws MetadataException {
    Node present = nodes.getIfPresent(id);
    if (present != null) {
      hits.increment();
      return present;
    }
    var mine = new CompletableFuture<Node>();
    CompletableFuture<Node> other = reads.putIfAbsent(id, mine);
    return other == null ? read(id, mine) : await(other);
  }

  private Node read(BlockId id, CompletableFuture<Node> result) throws MetadataException {
    try {
      Node node = nodes.getIfPresent(id); // it may have come in just before this read was noted
      if (node == null) {
        misses.increment();
        node = stored.load(id);
        nodes.put(id, node);
      }
      result.complete(node);
      return node;
    } catch (MetadataException | RuntimeException | Error e) {
      result.completeExceptionally(e);
      throw e;
    } finally {
      reads.remove(id);
    }
  }

  private static Node await(CompletableFuture<Node> other) throws MetadataException {
    try {
      return other.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof MetadataException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /** Takes over the new nodes of an update, so that they need not be read. */
  public void admit(Update update) {
    update.added().forEach((id, added) -> nodes.put(id, added.node()));
  }

  /** Lets go of the nodes that an update replaced; whoever still wants one reads it again. */
  public void evictReplaced(Update update) {
    nodes.invalidateAll(update.replacedIds());
  }

  /** Loads answered from memory, ever. */
  public long hits() {
    return hits.sum();
  }

  /** Loads that went to the store, ever. */
  public long misses() {
    return misses.sum();
  }

  /** About how much heap the nodes take. */
  public long heapBytes() {
    return nodes.policy().eviction().orElseThrow().weightedSize().orElseThrow();
  }
}
