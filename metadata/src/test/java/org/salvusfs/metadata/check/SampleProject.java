package org.salvusfs.metadata.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.TestTree;
import org.salvusfs.metadata.tree.Tree;

/** A project made directly of items: sound at first, then damaged by tests. */
final class SampleProject {
  static final int CHUNK_BYTES = 100;

  final TestTree tree = new TestTree();
  final MemoryChunks chunks = new MemoryChunks();
  private final TreeMap<Key, byte[]> items = new TreeMap<>();
  private long nextInode = Keys.ROOT_INODE + 1;
  private long usedBytes;
  private long inodes = 1;

  SampleProject() {
    put(Keys.ROOT_INODE, item(InodeItem.S_IFDIR, 2, 0, 0, Keys.ROOT_INODE));
  }

  static InodeItem item(int type, int nlink, long size, long allocated, long parent) {
    return new InodeItem(type | 0644, 1000, 1000, nlink, size, allocated, 1, 2, 3, 4, 0, parent);
  }

  /** A directory in another, of that name. */
  long directory(long parent, String name) throws MetadataException {
    long inode = newInode(item(InodeItem.S_IFDIR, 2, 0, 0, parent));
    put(parent, inode(parent).withNlink(inode(parent).nlink() + 1));
    entry(parent, name, inode, InodeItem.S_IFDIR);
    return inode;
  }

  /** A file of that many bytes, inline. */
  long inlineFile(long parent, String name, int bytes) {
    long inode = newInode(item(InodeItem.S_IFREG, 1, bytes, bytes, 0));
    items.put(Keys.inline(inode), new byte[bytes]);
    entry(parent, name, inode, InodeItem.S_IFREG);
    return inode;
  }

  /** A file of that many extents of {@link #CHUNK_BYTES}, with a hole behind each. */
  long file(long parent, String name, int extents) {
    long allocated = (long) extents * CHUNK_BYTES;
    long inode = newInode(item(InodeItem.S_IFREG, 1, 2 * allocated, allocated, 0));
    for (int i = 0; i < extents; i++) {
      byte[] contents = new byte[CHUNK_BYTES];
      contents[0] = (byte) i;
      BlockId chunk = chunks.add(contents);
      items.put(
          Keys.extent(inode, 2L * i * CHUNK_BYTES),
          new ExtentItem(CHUNK_BYTES, chunk, 0, 1).encode());
    }
    entry(parent, name, inode, InodeItem.S_IFREG);
    return inode;
  }

  long symlink(long parent, String name, String target) {
    long inode = newInode(item(InodeItem.S_IFLNK, 1, target.length(), 0, 0));
    items.put(Keys.inline(inode), target.getBytes(UTF_8));
    entry(parent, name, inode, InodeItem.S_IFLNK);
    return inode;
  }

  /** A deleted file that is still in use. */
  long orphan() {
    long inode = newInode(item(InodeItem.S_IFREG, 0, 5, 5, 0));
    items.put(Keys.inline(inode), new byte[5]);
    items.put(Keys.orphan(inode), new byte[0]);
    return inode;
  }

  void link(long parent, String name, long inode) throws MetadataException {
    put(inode, inode(inode).withNlink(inode(inode).nlink() + 1));
    entry(parent, name, inode, inode(inode).mode() & InodeItem.S_IFMT);
  }

  /** Sets an entry, and nothing else. */
  void entry(long parent, String name, long inode, int type) {
    set(Keys.dirent(parent, name.getBytes(UTF_8)), new DirentItem(inode, type >> 12).encode());
  }

  void put(long inode, InodeItem item) {
    items.put(Keys.inode(inode), item.encode());
  }

  InodeItem inode(long inode) throws MetadataException {
    return InodeItem.decode(Objects.requireNonNull(items.get(Keys.inode(inode))));
  }

  /** Sets an item or removes it, and nothing else. */
  void set(Key key, byte @Nullable [] value) {
    if (value == null) {
      items.remove(key);
    } else {
      items.put(key, value);
    }
  }

  CountersItem counters() {
    return new CountersItem(nextInode, usedBytes, inodes);
  }

  private long newInode(InodeItem item) {
    long inode = nextInode++;
    inodes++;
    usedBytes += item.allocatedBytes();
    put(inode, item);
    return inode;
  }

  /** Many of everything. */
  static SampleProject random(long seed, int count) throws MetadataException {
    var random = new Random(seed);
    var project = new SampleProject();
    var directories = new ArrayList<>(List.of(Keys.ROOT_INODE));
    var files = new ArrayList<Long>();
    for (int i = 0; i < count; i++) {
      long parent = directories.get(random.nextInt(directories.size()));
      String name = "name" + i;
      switch (random.nextInt(12)) {
        case 0, 1 -> directories.add(project.directory(parent, name));
        case 2 -> project.symlink(parent, name, "../target" + i);
        case 3 -> project.orphan();
        case 4, 5 -> files.add(project.file(parent, name, random.nextInt(1, 9)));
        case 6 -> {
          if (!files.isEmpty()) {
            project.link(parent, name, files.get(random.nextInt(files.size())));
          }
        }
        case 7 -> {
          long inode = project.inlineFile(parent, name, 9);
          project.set(Keys.xattr(inode, "user.a".getBytes(UTF_8)), new byte[i % 50]);
        }
        default -> files.add(project.inlineFile(parent, name, random.nextInt(1, 300)));
      }
    }
    return project;
  }

  /** Writes all items, the counters too unless they were set. */
  SampleProject write() throws MetadataException {
    items.putIfAbsent(Keys.counters(), counters().encode());
    var changes = new ArrayList<Change>();
    items.forEach((key, value) -> changes.add(new Change(key, value)));
    tree.apply(changes);
    return this;
  }

  CheckReport check(CheckOptions options) throws MetadataException {
    var codec = new FakeBlockCodec();
    var stored = new Tree(TestTree.PROJECT, codec, new StoredNodes(tree.store, codec));
    return new Checker(stored, chunks, codec).check(tree.root(), options, (done, estimate) -> {});
  }
}
