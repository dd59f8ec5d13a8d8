package org.salvusfs.daemon.proof;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.Node;
import org.salvusfs.metadata.tree.NodeVisitor;
import org.salvusfs.metadata.tree.Tree;

/** Which blocks of a sound tree are needed to read which file. */
final class Anatomy implements NodeVisitor {
  /** From the root to a node, itself included. */
  private final Map<BlockId, List<BlockId>> paths = new LinkedHashMap<>();

  /** The nodes above the next one to be visited, by level. */
  private final Map<Integer, List<BlockId>> pathAtLevel = new HashMap<>();

  private final Map<BlockId, Set<BlockId>> leavesOfChunk = new HashMap<>();
  private final Map<Long, Set<BlockId>> blocksOf = new HashMap<>();

  /** Nodes that a scan of an inode's items may look into behind their end. */
  private final Map<Long, Set<BlockId>> behind = new HashMap<>();

  private final Map<Long, Long> directoryOf = new HashMap<>();
  private Set<Long> previousLeaf = Set.of();

  private Anatomy() {}

  static Anatomy of(Tree tree, BlockId root) throws MetadataException {
    var anatomy = new Anatomy();
    tree.walk(root, anatomy);
    return anatomy;
  }

  @Override
  public void node(BlockId id, Node node) throws MetadataException {
    var path = new ArrayList<>(pathAtLevel.getOrDefault(node.level() + 1, List.of()));
    path.add(id);
    paths.put(id, path);
    pathAtLevel.put(node.level(), path);
    if (node.isLeaf()) {
      leaf(id, node, path);
    }
  }

  private void leaf(BlockId id, Node leaf, List<BlockId> path) throws MetadataException {
    var inodes = new HashSet<Long>();
    for (int i = 0; i < leaf.count(); i++) {
      Key key = leaf.key(i);
      inodes.add(key.inode());
      if (key.kind() == Keys.DIRENT) {
        // Needed by the file that it names, and not by others in the directory.
        long child = DirentItem.decode(leaf.value(i)).inode();
        blocks(child).addAll(path);
        directoryOf.put(child, key.inode());
        continue;
      }
      blocks(key.inode()).addAll(path);
      if (key.kind() == Keys.EXTENT) {
        BlockId chunk = ExtentItem.decode(leaf.value(i)).chunk();
        blocks(key.inode()).add(chunk);
        leavesOfChunk.computeIfAbsent(chunk, any -> new HashSet<>()).add(id);
      }
    }
    for (long inode : previousLeaf) {
      behind.computeIfAbsent(inode, any -> new HashSet<>()).addAll(path);
    }
    previousLeaf = inodes;
  }

  @Override
  public void damaged(BlockId id, MetadataException why) throws MetadataException {
    throw why;
  }

  private Set<BlockId> blocks(long inode) {
    return blocksOf.computeIfAbsent(inode, any -> new LinkedHashSet<>());
  }

  List<BlockId> nodes() {
    return List.copyOf(paths.keySet());
  }

  boolean isLive(BlockId id) {
    return paths.containsKey(id) || leavesOfChunk.containsKey(id);
  }

  /** Everything without which a file cannot be opened by its path and read to its end. */
  Set<BlockId> neededBy(long inode) {
    // Inode 0 is read when the project is opened.
    var needed = new LinkedHashSet<>(blocks(0));
    for (Long at = inode; at != null; at = directoryOf.get(at)) {
      needed.addAll(blocks(at));
    }
    return needed;
  }

  /** What reading it may look at besides. */
  Set<BlockId> touchedBy(long inode) {
    var touched = new HashSet<BlockId>(behind.getOrDefault(0L, Set.of()));
    for (Long at = inode; at != null; at = directoryOf.get(at)) {
      touched.addAll(behind.getOrDefault(at, Set.of()));
    }
    return touched;
  }

  /** Those of the damaged blocks that a check can get to. */
  Set<BlockId> reachable(Set<BlockId> damaged) {
    var reachable = new HashSet<BlockId>();
    for (BlockId id : damaged) {
      if (paths.containsKey(id) && isSound(path(id).subList(0, path(id).size() - 1), damaged)) {
        reachable.add(id);
      }
      for (BlockId leaf : leavesOfChunk.getOrDefault(id, Set.of())) {
        if (isSound(path(leaf), damaged)) {
          reachable.add(id);
        }
      }
    }
    return reachable;
  }

  private List<BlockId> path(BlockId node) {
    return paths.getOrDefault(node, List.of());
  }

  private static boolean isSound(List<BlockId> path, Set<BlockId> damaged) {
    return path.stream().noneMatch(damaged::contains);
  }
}
