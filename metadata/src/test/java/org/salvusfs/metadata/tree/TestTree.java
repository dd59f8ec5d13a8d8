package org.salvusfs.metadata.tree;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/** A tree with a store of its own, which holds the nodes of its present root and no others. */
public final class TestTree {
  public static final ProjectId PROJECT =
      new ProjectId(UUID.fromString("01234567-89ab-cdef-0123-456789abcdef"));

  public final MemoryNodeStore store = new MemoryNodeStore();
  public final NodeCache cache;
  public final Tree tree;
  private BlockId root;
  private long txg;

  public TestTree() {
    this(NodeLimits.DEFAULT);
  }

  TestTree(NodeLimits limits) {
    var codec = new FakeBlockCodec();
    cache = new NodeCache(store, codec, 64 << 20);
    tree = new Tree(PROJECT, codec, cache, limits);
    Update created = tree.create(txg);
    store.put(created.sealed());
    cache.admit(created);
    root = created.root();
  }

  public BlockId root() {
    return root;
  }

  public TreeView view() {
    return tree.view(root);
  }

  /** Applies changes and returns what that made; the old nodes are still in the store. */
  Update prepare(List<Change> changes) throws MetadataException {
    Update update = tree.apply(root, ++txg, changes.iterator());
    store.put(update.sealed());
    return update;
  }

  /** Makes a prepared update the present one. */
  void adopt(Update update) {
    root = update.root();
    store.delete(update.replacedIds());
    cache.admit(update);
    cache.evictReplaced(update);
  }

  /** Applies changes, sorted or not. */
  public Update apply(List<Change> changes) throws MetadataException {
    var sorted = new TreeMap<Key, Change>();
    changes.forEach(change -> sorted.put(change.key(), change));
    Update update = prepare(new ArrayList<>(sorted.values()));
    adopt(update);
    return update;
  }

  /** Sets one item or removes it. */
  public void set(Key key, byte @Nullable [] value) throws MetadataException {
    apply(List.of(new Change(key, value)));
  }

  /** Everything in the tree. */
  public SequencedMap<Key, byte[]> items() throws MetadataException {
    var items = new TreeMap<Key, byte[]>();
    Cursor cursor = tree.scan(root, Key.wrap(new byte[0]), null);
    while (cursor.next()) {
      items.put(cursor.key(), cursor.value());
    }
    return items;
  }
}
