package org.salvusfs.metadata.tree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;

/** Random batches against a tree and a sorted map, compared in full after every batch. */
final class TreeModelTest {
  /** Changes of all runs together: more than 1,000,000. */
  @ParameterizedTest
  @CsvSource({
    // seed, bytesMin, bytesMax, inodes, changesMax, operations
    "1, 2048, 16384, 2500, 8000, 400000",
    "2, 2048, 16384, 300, 500, 100000",
    "3, 512, 2048, 1500, 4000, 400000",
    "4, 64, 160, 300, 600, 100000",
    "5, 2048, 16384, 20, 40, 20000",
  })
  void randomBatches_againstSortedMap_agree(
      long seed, int bytesMin, int bytesMax, int inodes, int changesMax, int operations) {
    try {
      new Run(seed, new NodeLimits(bytesMin, bytesMax), inodes).run(operations, changesMax);
    } catch (AssertionError | MetadataException | RuntimeException e) {
      throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
    }
  }

  private static final class Run {
    private final NodeLimits limits;
    private final Random random;
    private final RandomItems items;
    private final TestTree tree;
    private NavigableMap<Key, byte[]> model = new TreeMap<>();

    Run(long seed, NodeLimits limits, int inodes) {
      this.limits = limits;
      this.random = new Random(seed);
      this.items = new RandomItems(random, inodes);
      this.tree = new TestTree(limits);
    }

    void run(int operations, int changesMax) throws MetadataException {
      for (int done = 0; done < operations; ) {
        var batch = new TreeMap<Key, Change>();
        List<Change> changes =
            random.nextInt(60) == 0
                ? model.keySet().stream().map(key -> new Change(key, null)).toList()
                : items.batch(model, changesMax);
        changes.forEach(change -> batch.put(change.key(), change));
        step(new ArrayList<>(batch.values()));
        done += batch.size();
      }
    }

    private void step(List<Change> batch) throws MetadataException {
      BlockId before = tree.root();
      var changed = new TreeMap<Key, byte @Nullable [][]>();
      NavigableMap<Key, byte[]> next = new TreeMap<>(model);
      for (Change change : batch) {
        byte[] value = change.value();
        byte[] old = value == null ? next.remove(change.key()) : next.put(change.key(), value);
        if (!Arrays.equals(old, value)) {
          changed.put(change.key(), new byte @Nullable [][] {old, value});
        }
      }
      Update update = tree.prepare(batch);
      model = next;
      assertEquals(changed.isEmpty(), update.root().equals(before), "root changes with items");
      assertDiffers(before, update.root(), changed);
      tree.adopt(update);
      TreeInvariants found = TreeInvariants.check(tree.tree, tree.root(), limits);
      assertEquals(found.reached(), tree.store.ids(), "added and replaced nodes");
      assertScans();
      assertGets();
    }

    private void assertDiffers(
        BlockId before, BlockId after, NavigableMap<Key, byte @Nullable [][]> expected)
        throws MetadataException {
      var rest = expected.entrySet().iterator();
      tree.tree.diff(
          before,
          after,
          (key, old, value) -> {
            Map.Entry<Key, byte @Nullable [][]> entry = rest.next();
            assertEquals(entry.getKey(), key);
            assertArrayEquals(entry.getValue()[0], old);
            assertArrayEquals(entry.getValue()[1], value);
          });
      assertFalse(rest.hasNext());
    }

    private void assertScans() throws MetadataException {
      assertScan(Key.wrap(new byte[0]), null, model);
      Key one = items.anyKey();
      Key other = items.anyKey();
      Key from = one.compareTo(other) < 0 ? one : other;
      Key to = one.compareTo(other) < 0 ? other : one;
      assertScan(from, to, model.subMap(from, true, to, false));
    }

    private void assertScan(Key from, @Nullable Key to, NavigableMap<Key, byte[]> expected)
        throws MetadataException {
      Cursor cursor = tree.tree.scan(tree.root(), from, to);
      for (var entry : expected.entrySet()) {
        assertTrue(cursor.next());
        assertEquals(entry.getKey(), cursor.key());
        assertArrayEquals(entry.getValue(), cursor.value());
      }
      assertFalse(cursor.next());
      assertFalse(cursor.next());
    }

    private void assertGets() throws MetadataException {
      for (int i = 0; i < 50; i++) {
        Key key = items.anyKey();
        assertArrayEquals(model.get(key), tree.tree.get(tree.root(), key));
        Key present = model.ceilingKey(key);
        if (present != null) {
          assertArrayEquals(model.get(present), tree.tree.get(tree.root(), present));
        }
      }
    }
  }
}
