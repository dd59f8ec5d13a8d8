package org.salvusfs.metadata.snapshot;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.sim.SimulatedMetadata;
import org.salvusfs.metadata.snapshot.FileChange.Kind;
import org.salvusfs.metadata.snapshot.SnapshotDiff.NamesWanted;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.Tree;

/** Differences of small trees, compared with what two listings of everything say. */
class SnapshotDiffTest {
  /** A tree of files, as maps: what the tree of items must say the same of. */
  private static final class Files {
    final TreeMap<Long, InodeItem> inodes = new TreeMap<>();
    final TreeMap<Long, byte[]> contents = new TreeMap<>();
    final TreeMap<Long, TreeMap<String, Long>> entries = new TreeMap<>();
    long next = 2;

    Files() {
      inodes.put(1L, newItem(InodeItem.S_IFDIR | 0755, 0, 1, 1));
      entries.put(1L, new TreeMap<>());
    }

    Files copy() {
      var copy = new Files();
      copy.inodes.putAll(inodes);
      copy.contents.putAll(contents);
      entries.forEach((dir, names) -> copy.entries.put(dir, new TreeMap<>(names)));
      copy.next = next;
      return copy;
    }

    static InodeItem newItem(int mode, long size, long mtime, long parent) {
      return new InodeItem(mode, 0, 0, 1, size, size, 1, mtime, 1, 1, 0, parent);
    }

    Map<String, Long> in(long directory) {
      return requireNonNull(entries.get(directory));
    }

    InodeItem item(long inode) {
      return requireNonNull(inodes.get(inode));
    }

    long make(long directory, String name, boolean isDirectory) {
      long inode = next++;
      inodes.put(
          inode,
          newItem(
              isDirectory ? InodeItem.S_IFDIR | 0755 : InodeItem.S_IFREG | 0644, 0, 1, directory));
      if (isDirectory) {
        entries.put(inode, new TreeMap<>());
      }
      in(directory).put(name, inode);
      return inode;
    }

    void write(long inode, byte[] bytes, long mtime) {
      contents.put(inode, bytes);
      inodes.put(
          inode, newItem(InodeItem.S_IFREG | 0644, bytes.length, mtime, item(inode).parent()));
    }

    void remove(long directory, String name) {
      long inode = requireNonNull(in(directory).remove(name));
      if (names(inode).isEmpty()) {
        inodes.remove(inode);
        contents.remove(inode);
        entries.remove(inode);
      }
    }

    void rename(long from, String name, long to, String newName) {
      long inode = requireNonNull(in(from).remove(name));
      in(to).put(newName, inode);
      InodeItem old = item(inode);
      if (old.isDirectory() || inode % 2 == 0) { // other files say where they were
        inodes.put(inode, newItem(old.mode(), old.sizeBytes(), old.mtimeNanos(), to));
      }
    }

    Set<String> names(long inode) {
      var names = new TreeSet<String>();
      walk(1, "", inode, names);
      return names;
    }

    private void walk(long directory, String prefix, long wanted, Set<String> names) {
      entries
          .getOrDefault(directory, new TreeMap<>())
          .forEach(
              (name, child) -> {
                if (child == wanted) {
                  names.add(prefix + name);
                }
                walk(child, prefix + name + "/", wanted, names);
              });
    }

    Set<String> places(long inode) {
      var places = new TreeSet<String>();
      entries.forEach(
          (dir, names) ->
              names.forEach(
                  (name, child) -> {
                    if (child == inode) {
                      places.add(dir + "/" + name);
                    }
                  }));
      return places;
    }

    Map<Key, byte[]> items() {
      var items = new TreeMap<Key, byte[]>();
      inodes.forEach((inode, item) -> items.put(Keys.inode(inode), item.encode()));
      contents.forEach((inode, bytes) -> items.put(Keys.inline(inode), bytes));
      entries.forEach(
          (dir, names) ->
              names.forEach(
                  (name, child) ->
                      items.put(
                          Keys.dirent(dir, name.getBytes(UTF_8)),
                          new DirentItem(child, item(child).mode() >> 12).encode())));
      return items;
    }
  }

  private final SimulatedMetadata metadata = new SimulatedMetadata();
  private final FakeBlockCodec codec = new FakeBlockCodec();
  private final Tree tree =
      new Tree(new ProjectId(new UUID(5, 5)), codec, new StoredNodes(metadata.nodes(), codec));
  private long txg;

  private BlockId store(BlockId on, Map<Key, byte[]> old, Map<Key, byte[]> items)
      throws MetadataException {
    var changes = new TreeMap<Key, Change>();
    old.keySet().forEach(key -> changes.put(key, new Change(key, null)));
    items.forEach((key, value) -> changes.put(key, new Change(key, value)));
    var update = tree.apply(on, ++txg, changes.values().iterator());
    metadata.nodes().put(update.sealed());
    return update.root();
  }

  private BlockId empty() throws MetadataException {
    var update = tree.create(++txg);
    metadata.nodes().put(update.sealed());
    return update.root();
  }

  @Test
  void between_namesWhatHappened() throws MetadataException {
    var files = new Files();
    long docs = files.make(1, "docs", true);
    long kept = files.make(docs, "kept.txt", false);
    long gone = files.make(docs, "gone.txt", false);
    long moved = files.make(1, "old name", false);
    files.write(kept, new byte[10], 1);
    files.write(gone, new byte[20], 1);
    files.write(moved, new byte[30], 1);
    var before = files.items();
    BlockId from = store(empty(), Map.of(), before);
    files.write(kept, new byte[15], 2);
    files.remove(docs, "gone.txt");
    files.rename(1, "old name", docs, "näme");
    long fresh = files.make(1, "new", false);
    files.write(fresh, new byte[40], 2);
    BlockId to = store(from, before, files.items());
    int file = InodeItem.S_IFREG | 0644;
    assertEquals(
        List.of(
            new FileChange(Kind.REMOVED, gone, file, "docs/gone.txt", null, 20, 0, 0),
            new FileChange(Kind.CHANGED, kept, file, null, "docs/kept.txt", 10, 15, 15),
            new FileChange(Kind.RENAMED, moved, file, "old name", "docs/näme", 30, 30, 0),
            new FileChange(Kind.ADDED, fresh, file, null, "new", 0, 40, 40)),
        new SnapshotDiff(tree).between(from, to, NamesWanted.ALL));
    var cheap = new SnapshotDiff(tree).between(from, to, NamesWanted.OF_WHAT_MOVED);
    assertNull(cheap.getLast().path());
    assertEquals(kept, cheap.getLast().inode());
  }

  @Test
  void between_equalTrees_readsNothing() throws MetadataException {
    BlockId root = empty();
    long operations = metadata.faults().operations();
    assertEquals(List.of(), new SnapshotDiff(tree).between(root, root, NamesWanted.ALL));
    assertEquals(operations, metadata.faults().operations());
  }

  @Test
  void between_twoFilesAmongMany_namesThem_andReadsAFewNodes() throws MetadataException {
    var files = new Files();
    for (int d = 0; d < 40; d++) {
      long directory = files.make(1, "directory " + d, true);
      for (int f = 0; f < 100; f++) {
        files.write(files.make(directory, "file " + f, false), new byte[500], 1);
      }
    }
    var before = files.items();
    BlockId from = store(empty(), Map.of(), before);
    files.make(2, "added", false);
    files.write(requireNonNull(files.in(2 + 20 * 101).get("file 50")), new byte[501], 2);
    BlockId to = store(from, before, files.items());
    long operations = metadata.faults().operations();
    var changes = new SnapshotDiff(tree).between(from, to, NamesWanted.ALL);
    assertEquals(
        List.of("directory 0/added", "directory 20/file 50"),
        changes.stream().map(FileChange::path).toList());
    assertTrue(metadata.faults().operations() - operations < 30, "reads what did not change");
    assertTrue(metadata.nodeCount() > 100, "too small a tree to tell");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void between_randomTrees_saysWhatTwoListingsSay(long seed) throws MetadataException {
    var random = new Random(seed);
    var files = new Files();
    BlockId root = store(empty(), Map.of(), files.items());
    for (int round = 0; round < 40; round++) {
      var before = files.copy();
      BlockId from = root;
      int steps = 1 + random.nextInt(30);
      for (int i = 0; i < steps; i++) {
        step(files, random, round * 100L + i);
      }
      root = store(from, before.items(), files.items());
      var actual = new TreeMap<Long, FileChange>();
      for (FileChange change : new SnapshotDiff(tree).between(from, root, NamesWanted.ALL)) {
        actual.put(change.inode(), change);
      }
      check("seed " + seed + ", round " + round, before, files, actual);
    }
  }

  private static void step(Files files, Random random, long mtime) {
    var directories = new ArrayList<>(files.entries.keySet());
    long directory = directories.get(random.nextInt(directories.size()));
    String name = "n" + random.nextInt(30);
    Long there = files.in(directory).get(name);
    if (there == null) {
      long made = files.make(directory, name, random.nextInt(4) == 0);
      if (!files.item(made).isDirectory()) {
        files.write(made, new byte[random.nextInt(100)], mtime);
      }
      return;
    }
    boolean isDirectory = files.item(there).isDirectory();
    switch (random.nextInt(4)) {
      case 0 -> {
        if (!isDirectory || files.in(there).isEmpty()) {
          files.remove(directory, name);
        }
      }
      case 1 -> {
        long to = directories.get(random.nextInt(directories.size()));
        String newName = "n" + random.nextInt(30);
        if (!isDirectory && !files.in(to).containsKey(newName)) {
          files.rename(directory, name, to, newName);
        }
      }
      case 2 -> {
        String link = "n" + random.nextInt(30);
        if (!isDirectory && !files.in(directory).containsKey(link)) {
          files.in(directory).put(link, there);
        }
      }
      default -> {
        if (!isDirectory) {
          var bytes = new byte[random.nextInt(100)];
          random.nextBytes(bytes);
          files.write(there, bytes, mtime + 10_000);
        }
      }
    }
  }

  private static void check(String when, Files before, Files after, Map<Long, FileChange> actual) {
    var inodes = new HashSet<>(before.inodes.keySet());
    inodes.addAll(after.inodes.keySet());
    for (long inode : inodes) {
      FileChange change = actual.remove(inode);
      Kind expected = kind(before, after, inode);
      assertEquals(expected, change == null ? null : change.kind(), when + ", inode " + inode);
      if (change == null) {
        continue;
      }
      if (expected != Kind.ADDED && expected != Kind.CHANGED) {
        assertTrue(before.names(inode).contains(change.pathBefore()), when + change);
      }
      if (expected != Kind.REMOVED) {
        assertTrue(after.names(inode).contains(change.pathAfter()), when + change);
        assertEquals(after.item(inode).sizeBytes(), change.sizeAfter(), when + change);
      }
    }
    assertEquals(Map.of(), actual, when);
  }

  private static @Nullable Kind kind(Files before, Files after, long inode) {
    if (!before.inodes.containsKey(inode)) {
      return Kind.ADDED;
    }
    if (!after.inodes.containsKey(inode)) {
      return Kind.REMOVED;
    }
    var lost = before.places(inode);
    lost.removeAll(after.places(inode));
    var gained = after.places(inode);
    gained.removeAll(before.places(inode));
    if (!lost.isEmpty() && !gained.isEmpty()) {
      return Kind.RENAMED;
    }
    boolean isSame =
        Arrays.equals(before.contents.get(inode), after.contents.get(inode))
            && (before.item(inode).isDirectory() || before.item(inode).equals(after.item(inode)));
    return isSame ? null : Kind.CHANGED;
  }
}
