package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.StoredNodes;

/**
 * Copies trees from one place to another, leaving out what is there.
 *
 * <p>Depth first: the chunks of a leaf are put at once, its node waits with others until they are
 * worth a sync. Then the chunks are synced, and after them the nodes level by level, so that no
 * node is ever there before what is below it. Every block is authenticated before it is put. Of one
 * thread; memory is bounded by {@value #WAITING_BYTES_MAX} bytes and a path of nodes.
 */
final class TreeCopier {
  private static final int WAITING_BYTES_MAX = 16 << 20;

  private final Blocks from;
  private final Blocks to;
  private final BlockCodec codec;
  private final Tally tally;

  /** Nodes by level, from the leaves up, of which everything below is put or waits lower. */
  private final TreeMap<Integer, Map<BlockId, byte[]>> waiting = new TreeMap<>();

  private long waitingBytes;

  /** Whether blocks may be missing: see {@link #copyRemains}. */
  private boolean mayMiss;

  TreeCopier(Blocks from, Blocks to, BlockCodec codec, Tally tally) {
    this.from = from;
    this.to = to;
    this.codec = codec;
    this.tally = tally;
  }

  /**
   * Copies a tree, durable on return.
   *
   * @throws MetadataException.Missing if a block of it is not there
   * @throws MetadataException.Corrupt if one is damaged
   */
  void copy(BlockId root) throws IOException {
    mayMiss = false;
    walk(root);
    flush();
  }

  /**
   * Copies what is left of the tree of a snapshot that is being deleted. Call this when the trees
   * that may be used are copied: what is missing here is in none of them.
   */
  void copyRemains(BlockId root) throws IOException {
    mayMiss = true;
    walk(root);
    flush();
  }

  private void walk(BlockId id) throws IOException {
    if (isWaiting(id) || to.hasNode(id)) {
      return;
    }
    byte[] sealed = from.node(id);
    if (sealed == null) {
      missing("tree node", id);
      return;
    }
    Node node = StoredNodes.open(id, sealed, codec);
    if (node.isLeaf()) {
      copyChunks(node);
    } else {
      for (int i = 0; i < node.count(); i++) {
        walk(node.child(i));
      }
    }
    waiting.computeIfAbsent(node.level(), level -> new HashMap<>()).put(id, sealed);
    waitingBytes += sealed.length;
    tally.node(sealed.length);
    if (waitingBytes >= WAITING_BYTES_MAX) {
      flush();
    }
  }

  private boolean isWaiting(BlockId id) {
    return waiting.values().stream().anyMatch(nodes -> nodes.containsKey(id));
  }

  private void copyChunks(Node leaf) throws IOException {
    for (int i = 0; i < leaf.count(); i++) {
      if (leaf.key(i).kind() == Keys.EXTENT) {
        ExtentItem extent = ExtentItem.decode(leaf.value(i));
        copyChunk(extent.chunk());
        tally.passed(extent.lengthBytes());
      }
    }
  }

  private void copyChunk(BlockId id) throws IOException {
    if (to.hasChunk(id)) {
      return;
    }
    byte[] sealed = from.chunk(id);
    if (sealed == null) {
      missing("chunk", id);
      return;
    }
    codec.open(id, sealed); // for its authenticity
    to.putChunk(id, sealed);
    tally.chunk(sealed.length);
  }

  private void missing(String what, BlockId id) throws MetadataException.Missing {
    if (!mayMiss) {
      throw new MetadataException.Missing(what + " " + id + " is missing");
    }
  }

  private void flush() throws IOException {
    to.sync();
    for (Map<BlockId, byte[]> level : waiting.values()) {
      to.putNodes(level);
      to.sync();
    }
    waiting.clear();
    waitingBytes = 0;
  }
}
