package org.salvusfs.metadata.tree;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.Keys;

final class TreeTest {
  private static final byte[] VALUE = new byte[76];

  private final TestTree tree = new TestTree();

  private static List<Change> puts(long from, long to) {
    return IntStream.range((int) from, (int) to)
        .mapToObj(inode -> new Change(Keys.inode(inode), VALUE))
        .toList();
  }

  private static List<Change> removals(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(inode -> new Change(Keys.inode(inode), null))
        .toList();
  }

  private TreeInvariants check() throws MetadataException {
    return TreeInvariants.check(tree.tree, tree.root(), NodeLimits.DEFAULT);
  }

  @Test
  void create_emptyTree_holdsNothing() throws MetadataException {
    assertNull(tree.tree.get(tree.root(), Keys.inode(1)));
    assertTrue(tree.items().isEmpty());
    check();
  }

  @Test
  void apply_nothingEffective_keepsTheRoot() throws MetadataException {
    tree.apply(puts(0, 1000));
    var changes = new ArrayList<>(puts(10, 20));
    changes.addAll(removals(2000, 2010));
    Update update = tree.tree.apply(tree.root(), 99, changes.iterator());
    assertEquals(tree.root(), update.root());
    assertTrue(update.added().isEmpty());
    assertTrue(update.replaced().isEmpty());
  }

  @Test
  void apply_unsortedChanges_isRefused() {
    List<Change> twice = List.of(puts(5, 6).getFirst(), puts(5, 6).getFirst());
    assertThrows(
        IllegalArgumentException.class, () -> tree.tree.apply(tree.root(), 1, twice.iterator()));
  }

  @Test
  void apply_tooLongItem_isRefused() {
    var longKey = List.of(new Change(Key.wrap(new byte[NodeLimits.KEY_BYTES_MAX + 1]), VALUE));
    var longValue = List.of(new Change(Keys.inode(1), new byte[NodeLimits.VALUE_BYTES_MAX + 1]));
    for (var changes : List.of(longKey, longValue)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> tree.tree.apply(tree.root(), 1, changes.iterator()));
    }
  }

  @Test
  void apply_oneChange_replacesOneNodePerLevel() throws MetadataException {
    tree.apply(puts(0, 100_000));
    int levels = tree.tree.root(tree.root()).level() + 1;
    assertEquals(3, levels);
    Update update = tree.apply(List.of(new Change(Keys.inode(50_000), new byte[75])));
    assertEquals(levels, update.added().size());
    assertEquals(levels, update.replaced().size());
    assertEquals(update.sealed().keySet(), update.added().keySet());
    for (Replaced replaced : update.replaced()) {
      assertEquals(1, replaced.birthTxg());
    }
  }

  @Test
  void apply_repeated_givesTheSameNodes() throws MetadataException {
    tree.apply(puts(0, 10_000));
    Update once = tree.tree.apply(tree.root(), 7, removals(100, 9000).iterator());
    Update again = tree.tree.apply(tree.root(), 7, removals(100, 9000).iterator());
    assertEquals(once.root(), again.root());
    assertEquals(once.added().keySet(), again.added().keySet());
    assertEquals(once.replaced(), again.replaced());
  }

  @Test
  void apply_thereAndBackInOneTxg_neverReplacesWhatItAdds() throws MetadataException {
    tree.apply(puts(0, 1000));
    Update there = tree.tree.apply(tree.root(), 7, removals(550, 551).iterator());
    tree.store.put(there.sealed());
    Update back = tree.tree.apply(there.root(), 7, puts(550, 551).iterator());
    tree.store.put(back.sealed());
    Update thereAgain = tree.tree.apply(back.root(), 7, removals(550, 551).iterator());
    assertEquals(there.root(), thereAgain.root());
    for (Replaced replaced : thereAgain.replaced()) {
      assertFalse(thereAgain.added().containsKey(replaced.id()));
    }
  }

  @Test
  void apply_ascendingInserts_leavesFullLeaves() throws MetadataException {
    for (int from = 0; from < 100_000; from += 1000) {
      tree.apply(puts(from, from + 1000));
    }
    double mean = check().leafBytesMean();
    assertTrue(mean > 0.9 * NodeLimits.DEFAULT.bytesMax(), "mean leaf bytes " + mean);
  }

  @Test
  void apply_ascendingInsertsInTheMiddle_leavesFullLeaves() throws MetadataException {
    tree.apply(puts(1_000_000, 1_001_000));
    for (int from = 0; from < 50_000; from += 1000) {
      tree.apply(puts(from, from + 1000));
    }
    double mean = check().leafBytesMean();
    assertTrue(mean > 0.9 * NodeLimits.DEFAULT.bytesMax(), "mean leaf bytes " + mean);
  }

  @Test
  void apply_millionRemovals_makesTheTreeShallow() throws MetadataException {
    tree.apply(puts(0, 1_000_000));
    assertEquals(2, tree.tree.root(tree.root()).level());
    check();
    int nodes = tree.store.ids().size();
    Update update = tree.apply(removals(7, 1_000_000));
    assertEquals(nodes, update.replaced().size());
    assertEquals(1, update.added().size());
    assertEquals(1, tree.store.ids().size());
    assertEquals(7, tree.items().size());
    tree.apply(removals(0, 7));
    check();
    assertTrue(tree.items().isEmpty());
  }

  @Test
  void apply_removalInTheMiddleOfALargeTree_readsLittleElse() throws MetadataException {
    tree.apply(puts(0, 200_000));
    var cold = new NodeCache(tree.store, new FakeBlockCodec(), 1 << 20);
    var coldTree = new Tree(TestTree.PROJECT, new FakeBlockCodec(), cold);
    long before = tree.store.gets();
    Update update = coldTree.apply(tree.root(), 9, removals(100_000, 100_200).iterator());
    long reads = tree.store.gets() - before;
    assertTrue(reads <= update.replaced().size(), reads + " reads");
    assertTrue(reads < 12, reads + " reads");
  }

  @Test
  void apply_hugeValuesBetweenSmallOnes_keepsInvariants() throws MetadataException {
    for (int round = 0; round < 40; round++) {
      var changes = new ArrayList<Change>();
      for (int i = round; i < 2000; i += 40) {
        byte[] value = new byte[i % 3 == 0 ? 70 << 10 : i % 100];
        changes.add(new Change(Keys.xattr(i / 10, ("name" + i).getBytes(UTF_8)), value));
      }
      tree.apply(changes);
      check();
    }
    assertEquals(2000, tree.items().size());
  }

  @Test
  void diff_fewChanges_readsFewNodes() throws MetadataException {
    tree.apply(puts(0, 200_000));
    BlockId before = tree.root();
    Update update = tree.prepare(removals(777, 778));
    var cold = new NodeCache(tree.store, new FakeBlockCodec(), 1 << 20);
    long reads = tree.store.gets();
    var keys = new ArrayList<Key>();
    new Tree(TestTree.PROJECT, new FakeBlockCodec(), cold)
        .diff(before, update.root(), (key, old, value) -> keys.add(key));
    assertEquals(List.of(Keys.inode(777)), keys);
    assertEquals(2L * update.added().size(), tree.store.gets() - reads);
  }

  @Test
  void get_nodeOfAnotherProject_isCorruptAndNamed() throws MetadataException {
    var other = new ProjectId(new UUID(1, 2));
    var otherTree = new Tree(other, new FakeBlockCodec(), tree.cache);
    var e =
        assertThrows(
            MetadataException.Corrupt.class, () -> otherTree.get(tree.root(), Keys.inode(1)));
    assertTrue(e.toString().contains(tree.root().toString()), e.getMessage());
    assertTrue(e.toString().contains(other.toString()), e.getMessage());
  }

  @Test
  void get_missingOrDamagedNode_failsAndNamesIt() throws MetadataException {
    BlockId absent = new BlockId(1, 2, 3, 4);
    assertThrows(MetadataException.Missing.class, () -> tree.tree.get(absent, Keys.inode(1)));
    tree.store.put(Map.of(absent, new byte[100]));
    var e =
        assertThrows(MetadataException.Corrupt.class, () -> tree.tree.get(absent, Keys.inode(1)));
    assertTrue(e.toString().contains(absent.toString()), e.getMessage());
  }

  @Test
  void walk_damagedNodes_reportsEachAndVisitsTheRest() throws MetadataException {
    tree.apply(puts(0, 100_000));
    Node top = tree.tree.root(tree.root());
    var all = new HashSet<>(tree.store.ids());
    var bad = new HashSet<BlockId>();
    Node inner = tree.tree.child(top, 0);
    bad.add(inner.child(3));
    tree.store.delete(List.of(inner.child(3)));
    bad.add(inner.child(8));
    tree.store.put(Map.of(inner.child(8), new byte[5]));
    var visited = new HashSet<BlockId>();
    var damaged = new HashMap<BlockId, MetadataException>();
    var cold = new NodeCache(tree.store, new FakeBlockCodec(), 1 << 20);
    new Tree(TestTree.PROJECT, new FakeBlockCodec(), cold)
        .walk(
            tree.root(),
            new NodeVisitor() {
              @Override
              public void node(BlockId id, Node node) {
                visited.add(id);
              }

              @Override
              public void damaged(BlockId id, MetadataException why) {
                damaged.put(id, why);
              }
            });
    assertEquals(bad, damaged.keySet());
    visited.addAll(bad);
    assertEquals(all, visited);
  }

  @Test
  void walk_subtreesNotEntered_areNotRead() throws MetadataException {
    tree.apply(puts(0, 100_000));
    var visited = new ArrayList<Node>();
    tree.tree.walk(
        tree.root(),
        new NodeVisitor() {
          @Override
          public boolean enter(BlockId id, int level) {
            return level == 2;
          }

          @Override
          public void node(BlockId id, Node node) {
            visited.add(node);
          }

          @Override
          public void damaged(BlockId id, MetadataException why) throws MetadataException {
            throw why;
          }
        });
    assertEquals(1, visited.size());
  }

  @Test
  void view_readsItsRoot() throws MetadataException {
    tree.apply(puts(0, 10));
    TreeView view = tree.view();
    tree.apply(removals(0, 10));
    assertThrows(MetadataException.Missing.class, () -> view.get(Keys.inode(3)));
    tree.apply(puts(0, 10));
    assertArrayEquals(VALUE, tree.view().get(Keys.inode(3)));
    assertTrue(tree.view().scan(Keys.inode(9), Keys.inode(10)).next());
  }
}
