package org.salvusfs.metadata.tree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.Keys;

final class NodeCacheTest {
  private final TestTree tree = new TestTree();

  private void fill(int inodes) throws MetadataException {
    tree.apply(
        IntStream.range(0, inodes)
            .mapToObj(inode -> new Change(Keys.inode(inode), new byte[76]))
            .toList());
  }

  @Test
  void load_again_answersFromMemory() throws MetadataException {
    fill(10);
    var cache = new NodeCache(tree.store, new FakeBlockCodec(), 1 << 20);
    Node first = cache.load(tree.root());
    assertSame(first, cache.load(tree.root()));
    assertEquals(1, tree.store.gets());
    assertEquals(1, cache.hits());
    assertEquals(1, cache.misses());
  }

  @Test
  void admit_newNodes_areNeverRead() throws MetadataException {
    fill(10_000);
    assertEquals(10_000, tree.items().size());
    assertEquals(0, tree.store.gets());
  }

  @Test
  void evictReplaced_oldNodes_areGone() throws MetadataException {
    fill(1000);
    long full = tree.cache.heapBytes();
    tree.apply(
        IntStream.range(0, 1000).mapToObj(i -> new Change(Keys.inode(i), new byte[75])).toList());
    assertTrue(tree.cache.heapBytes() <= full, tree.cache.heapBytes() + " > " + full);
  }

  @Test
  void load_moreThanFits_staysBounded() throws MetadataException {
    fill(100_000);
    var cache = new NodeCache(tree.store, new FakeBlockCodec(), 1 << 20);
    for (BlockId id : tree.store.ids()) {
      cache.load(id);
    }
    assertTrue(cache.heapBytes() <= 1 << 20, "heap bytes " + cache.heapBytes());
    assertTrue(cache.heapBytes() > 1 << 19, "heap bytes " + cache.heapBytes());
  }

  @Test
  void load_afterAFailure_readsAgain() throws MetadataException {
    fill(10);
    byte[] sealed = tree.store.get(tree.root());
    tree.store.delete(List.of(tree.root()));
    var cache = new NodeCache(tree.store, new FakeBlockCodec(), 1 << 20);
    assertThrows(MetadataException.Missing.class, () -> cache.load(tree.root()));
    tree.store.put(Map.of(tree.root(), sealed));
    assertEquals(10, cache.load(tree.root()).count());
  }

  @Test
  void load_byManyAtOnce_readsOnceAndSharesFailures() throws Exception {
    fill(10);
    for (boolean fails : List.of(false, true)) {
      var slow = new SlowStore(tree.store, fails);
      var cache = new NodeCache(slow, new FakeBlockCodec(), 1 << 20);
      try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
        Callable<Node> load = () -> cache.load(tree.root());
        var results = new ArrayList<Future<Node>>();
        results.add(executor.submit(load));
        slow.entered.await();
        for (int i = 0; i < 20; i++) {
          results.add(executor.submit(load));
        }
        slow.proceed.countDown();
        int failed = 0;
        for (Future<Node> result : results) {
          try {
            result.get();
          } catch (ExecutionException e) {
            assertTrue(e.getCause() instanceof MetadataException.Unavailable, e.toString());
            failed++;
          }
        }
        assertEquals(fails ? 21 : 0, failed);
        assertTrue(fails || slow.reads.get() == 1, slow.reads + " reads");
      }
    }
  }

  /** Holds reads back until told to proceed, then perhaps fails them. */
  private static final class SlowStore implements NodeStore {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch proceed = new CountDownLatch(1);
    final AtomicInteger reads = new AtomicInteger();
    private final NodeStore store;
    private final boolean fails;

    SlowStore(NodeStore store, boolean fails) {
      this.store = store;
      this.fails = fails;
    }

    @Override
    public byte[] get(BlockId id) throws MetadataException {
      reads.incrementAndGet();
      entered.countDown();
      try {
        proceed.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      if (fails) {
        throw new MetadataException.Unavailable("the store is away");
      }
      return store.get(id);
    }

    @Override
    public void put(Map<BlockId, byte[]> sealed) throws MetadataException {
      store.put(sealed);
    }

    @Override
    public void delete(Collection<BlockId> ids) throws MetadataException {
      store.delete(ids);
    }

    @Override
    public void deleteSealedFor(ProjectId project) throws MetadataException {
      store.deleteSealedFor(project);
    }
  }
}
