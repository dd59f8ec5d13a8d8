package org.salvusfs.metadata.check;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.FakeBlockCodec;
import org.salvusfs.metadata.tree.MemoryNodeStore;
import org.salvusfs.metadata.tree.NodeCache;
import org.salvusfs.metadata.tree.StoredNodes;
import org.salvusfs.metadata.tree.TestTree;
import org.salvusfs.metadata.tree.Tree;
import org.salvusfs.metadata.tree.Update;

/** A project of a million files in the heap of a test. */
@Tag("long")
final class CheckerScaleTest {
  private static final int FILES = 1_000_000;
  private static final int FIRST = 2;

  private static Stream<Change> items() {
    var top = SampleProject.item(InodeItem.S_IFDIR, 2, 0, 0, Keys.ROOT_INODE);
    var file = SampleProject.item(InodeItem.S_IFREG, 1, 0, 0, 0);
    Stream<Change> project =
        Stream.of(
            new Change(Keys.counters(), new CountersItem(FIRST + FILES, 0, FILES + 1L).encode()),
            new Change(Keys.inode(Keys.ROOT_INODE), top.encode()));
    Stream<Change> entries =
        IntStream.range(FIRST, FIRST + FILES)
            .mapToObj(
                i ->
                    new Change(
                        Keys.dirent(Keys.ROOT_INODE, "file%09d".formatted(i).getBytes(UTF_8)),
                        new DirentItem(i, InodeItem.S_IFREG >> 12).encode()));
    Stream<Change> inodes =
        IntStream.range(FIRST, FIRST + FILES)
            .mapToObj(i -> new Change(Keys.inode(i), file.encode()));
    return Stream.concat(project, Stream.concat(entries, inodes));
  }

  @Test
  void check_aMillionFiles_findsNothing() throws MetadataException {
    var codec = new FakeBlockCodec();
    var store = new MemoryNodeStore();
    Update empty = new Tree(TestTree.PROJECT, codec, new StoredNodes(store, codec)).create(0);
    store.put(empty.sealed());
    var tree = new Tree(TestTree.PROJECT, codec, new NodeCache(store, codec, 1 << 20));
    Update update = tree.apply(empty.root(), 1, items().iterator());
    store.put(update.sealed());
    BlockId root = update.root();
    var stored = new Tree(TestTree.PROJECT, codec, new StoredNodes(store, codec));
    CheckReport report =
        new Checker(stored, new MemoryChunks(), codec)
            .check(root, CheckOptions.QUICK, (done, estimate) -> {});
    assertEquals(List.of(), report.findings());
    assertEquals(FILES + 1L, report.counted().inodes());
    assertEquals(2L * FILES + 2, report.items());
  }
}
