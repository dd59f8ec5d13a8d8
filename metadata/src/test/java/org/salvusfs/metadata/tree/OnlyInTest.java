package org.salvusfs.metadata.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.Keys;

class OnlyInTest {
  /** Short nodes, so that a few hundred items make a high tree. */
  private final TestTree tree = new TestTree(new NodeLimits(60, 200));

  private Set<BlockId> nodes(BlockId root) throws MetadataException {
    var ids = new HashSet<BlockId>();
    tree.tree.walk(
        root,
        new NodeVisitor() {
          @Override
          public void node(BlockId id, Node node) {
            ids.add(id);
          }

          @Override
          public void damaged(BlockId id, MetadataException why) {
            throw new AssertionError(why);
          }
        });
    return ids;
  }

  /** Applies changes without deleting anything. */
  private BlockId grow(List<Change> changes) throws MetadataException {
    var sorted = new TreeMap<Key, Change>();
    changes.forEach(change -> sorted.put(change.key(), change));
    Update update = tree.prepare(new ArrayList<>(sorted.values()));
    var kept = new Update(update.root(), update.added(), List.of());
    tree.adopt(kept);
    return update.root();
  }

  @Test
  void randomTrees_isTheDifferenceOfAllNodes_leavesFirst() throws MetadataException {
    var random = new Random(8);
    var items = new RandomItems(random, 200);
    var model = new TreeMap<Key, byte[]>();
    var roots = new ArrayList<BlockId>();
    roots.add(tree.root());
    for (int round = 0; round < 150; round++) {
      var changes = items.batch(model, 200);
      roots.add(grow(changes));
      model.clear();
      model.putAll(tree.items());
      BlockId mine = roots.get(random.nextInt(roots.size()));
      var others = new ArrayList<BlockId>();
      for (int i = random.nextInt(3); i > 0; i--) {
        others.add(roots.get(random.nextInt(roots.size())));
      }
      Set<BlockId> expected = nodes(mine);
      for (BlockId other : others) {
        expected.removeAll(nodes(other));
      }
      var levels = tree.tree.onlyIn(mine, others);
      var actual = new HashSet<BlockId>();
      for (int level = 0; level < levels.size(); level++) {
        for (BlockId id : levels.get(level)) {
          assertEquals(level, tree.cache.load(id).level(), "round " + round);
          assertTrue(actual.add(id), "twice");
        }
      }
      assertEquals(expected, actual, "round " + round);
    }
  }

  @Test
  void aChangeOfOneItem_readsTwoPaths_andNoLeaf() throws MetadataException {
    var many = new ArrayList<Change>();
    for (int i = 1; i < 2000; i++) {
      many.add(new Change(Keys.inode(i), new byte[20]));
    }
    BlockId before = grow(many);
    BlockId after = grow(List.of(new Change(Keys.inode(777), new byte[21])));
    var cold = new NodeCache(tree.store, new FakeBlockCodec(), 1 << 20);
    long gets = tree.store.gets();
    var limits = new NodeLimits(60, 200);
    var levels =
        new Tree(TestTree.PROJECT, new FakeBlockCodec(), cold, limits)
            .onlyIn(before, List.of(after));
    assertTrue(levels.size() >= 4, "too low a tree to tell");
    assertEquals(2L * (levels.size() - 1), tree.store.gets() - gets);
    levels.forEach(level -> assertEquals(1, level.size()));
  }

  @Test
  void brokenOff_anywhere_theNextAttemptFindsTheRest() throws MetadataException {
    var random = new Random(9);
    var items = new RandomItems(random, 200);
    for (int i = 0; i < 30; i++) {
      grow(items.batch(new TreeMap<>(tree.items()), 200));
    }
    BlockId before = tree.root();
    for (int i = 0; i < 5; i++) {
      grow(items.batch(new TreeMap<>(tree.items()), 100));
    }
    BlockId after = tree.root();
    var all = new ArrayList<BlockId>();
    tree.tree.onlyIn(before, List.of(after)).forEach(all::addAll);
    assertTrue(all.size() > 20, "too small a difference to tell");
    for (int deleted = 0; deleted <= all.size(); deleted++) {
      var gone = new HashSet<>(all.subList(0, deleted));
      NodeSource left =
          id -> {
            if (gone.contains(id)) {
              throw new MetadataException.Missing("deleted " + id);
            }
            return tree.cache.load(id);
          };
      var again = new HashSet<BlockId>();
      new Tree(TestTree.PROJECT, new FakeBlockCodec(), left)
          .onlyIn(before, List.of(after))
          .forEach(again::addAll);
      assertTrue(again.containsAll(all.subList(deleted, all.size())), "lost after " + deleted);
      assertTrue(all.containsAll(again), "too many after " + deleted);
    }
  }

  @Test
  void others_missing_isNotTakenForFreed() throws MetadataException {
    BlockId before = tree.root();
    BlockId absent = new BlockId(1, 2, 3, 4);
    assertThrows(MetadataException.Missing.class, () -> tree.tree.onlyIn(before, List.of(absent)));
  }

  @Test
  void adopt_anotherProjectsTree_sharesAllButOnePath() throws MetadataException {
    var many = new ArrayList<Change>();
    for (int i = 1; i < 2000; i++) {
      many.add(new Change(Keys.inode(i), new byte[20]));
    }
    BlockId origin = grow(many);
    var clone =
        new Tree(
            new ProjectId(new UUID(6, 6)),
            new FakeBlockCodec(),
            tree.cache,
            new NodeLimits(60, 200));
    assertThrows(MetadataException.Corrupt.class, () -> clone.get(origin, Keys.inode(5)));
    var change = new Change(Keys.origin(), new byte[3]);
    Update first = clone.adopt(TestTree.PROJECT, origin, 0, List.of(change).iterator());
    tree.store.put(first.sealed());
    assertEquals(tree.cache.load(origin).level() + 1, first.added().size());
    assertTrue(first.replaced().stream().noneMatch(Replaced::isOwn));
    assertArrayEquals(new byte[20], clone.get(first.root(), Keys.inode(1999)));
    Update second =
        clone.apply(first.root(), 7, List.of(new Change(Keys.inode(1999), new byte[9])).iterator());
    assertEquals(1, second.replaced().stream().filter(Replaced::isOwn).count());
  }
}
