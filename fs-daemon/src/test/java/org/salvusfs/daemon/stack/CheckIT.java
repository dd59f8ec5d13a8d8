package org.salvusfs.daemon.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Promise 15: what {@code check} calls sound is sound. Damage of each kind is planted in the stored
 * data of an installation that is stopped; {@code check} finds it, and {@code check --repair} mends
 * what can be mended.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-15")
class CheckIT {
  private static final int FOUND = 1;

  /** Enough for a tree of many nodes. */
  private static final int SMALL_FILES = 400;

  private static final int LARGE_BYTES = 600_000;

  /** An inode that is never given out here. */
  private static final long NOBODY = 1L << 30;

  @TempDir Path directory;

  @Test
  void check_wrongCountsAndOrphansAndHoles_areFoundAndMended() throws Exception {
    try (var stack = new DevStack(directory)) {
      stack.start();
      Path home = stack.home();
      byte[] kept = large(1);
      long unnamed = file(home.resolve("unnamed"), kept);
      long deleted = file(home.resolve("deleted"), large(2));
      long holed = file(home.resolve("holed"), large(3));
      long linked = file(home.resolve("linked"), large(4));
      sound(stack);
      assertEquals(0, stack.stop());
      try (var project = StoredProject.open(stack.data(), "demo")) {
        var counters = CountersItem.decode(project.get(Keys.counters()));
        var gone = InodeItem.decode(project.get(Keys.inode(deleted)));
        var wrong = InodeItem.decode(project.get(Keys.inode(linked)));
        project.commit(
            List.of(
                remove("unnamed"),
                remove("deleted"),
                new Change(Keys.inode(deleted), gone.withNlink(0).encode()),
                new Change(project.first(holed, Keys.EXTENT).key(), null),
                new Change(Keys.inode(linked), wrong.withNlink(5).encode()),
                new Change(entry("dangling"), new DirentItem(NOBODY, 8).encode()),
                new Change(
                    Keys.counters(),
                    new CountersItem(
                            counters.nextInode(), counters.bytes() + 4096, counters.inodes() + 3)
                        .encode())));
      }

      stack.start();
      found(
          stack.run("check", "demo"),
          "inode " + unnamed + " has no entry in any directory",
          "inode " + deleted + " was deleted, but is not recorded to be reclaimed",
          "inode " + holed + " records " + LARGE_BYTES + " allocated bytes",
          "inode " + linked + " records 5 links, but has 1",
          "'dangling' is inode " + NOBODY + ", which does not exist",
          "the project's counters are ");
      assertEquals(0, stack.stop());

      stack.start();
      var repaired = stack.run("check", "demo", "--repair");
      assertEquals(0, repaired.exit(), repaired.output());
      sound(stack);
      try (var lost = Files.list(home.resolve("lost+found"))) {
        assertArrayEquals(kept, Files.readAllBytes(lost.findFirst().orElseThrow()));
      }
      assertEquals(1, Files.getAttribute(home.resolve("linked"), "unix:nlink"));
      assertTrue(Files.notExists(home.resolve("dangling")));
      Files.writeString(home.resolve("after"), "and work goes on");
      sound(stack);
    }
  }

  @Test
  void check_damagedNodeAndMissingChunk_areFoundAndNotCalledMended() throws Exception {
    try (var stack = new DevStack(directory)) {
      stack.start();
      Path home = stack.home();
      long broken = file(home.resolve("broken"), large(1));
      byte[] contents = new byte[500];
      for (int i = 0; i < SMALL_FILES; i++) {
        new Random(i).nextBytes(contents);
        Files.write(home.resolve("small-" + i), contents);
      }
      sound(stack);
      assertEquals(0, stack.stop());

      BlockId node;
      byte[] sealed;
      Change extent;
      try (var project = StoredProject.open(stack.data(), "demo")) {
        extent = project.first(broken, Keys.EXTENT);
        var sound = ExtentItem.decode(value(extent));
        var nowhere = new ExtentItem(sound.lengthBytes(), new BlockId(1, 2, 3, 4), 0, 1);
        project.commit(List.of(new Change(extent.key(), nowhere.encode())));
        node = project.leaf(broken + SMALL_FILES / 2);
        sealed = project.node(node);
        byte[] flipped = sealed.clone();
        flipped[sealed.length / 2] ^= 4;
        project.setNode(node, flipped);
      }

      stack.start();
      String[] expected = {
        node.toString(),
        "inode " + broken + " cannot be read at 0",
        new BlockId(1, 2, 3, 4).toString()
      };
      found(stack.run("check", "demo", "--repair"), expected);
      found(stack.run("check", "demo"), expected);
      assertEquals(0, stack.stop());

      try (var project = StoredProject.open(stack.data(), "demo")) {
        project.setNode(node, sealed);
        project.commit(List.of(extent));
      }
      stack.start();
      sound(stack);
      assertArrayEquals(large(1), Files.readAllBytes(home.resolve("broken")));
    }
  }

  private static void sound(DevStack stack) throws IOException, InterruptedException {
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
  }

  private static void found(DevStack.Result check, String... expected) {
    assertEquals(FOUND, check.exit(), check.output());
    for (String words : expected) {
      assertTrue(check.output().contains(words), words + " in " + check.output());
    }
    System.out.println(check.output());
  }

  /** Makes a file; its inode in the project. */
  private static long file(Path path, byte[] contents) throws IOException {
    Files.write(path, contents);
    long number = (long) Files.getAttribute(path, "unix:ino");
    return number & ((1L << 40) - 1);
  }

  private static byte[] large(long seed) {
    byte[] bytes = new byte[LARGE_BYTES];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static Key entry(String name) {
    return Keys.dirent(Keys.ROOT_INODE, name.getBytes(UTF_8));
  }

  private static Change remove(String name) {
    return new Change(entry(name), null);
  }

  private static byte[] value(Change change) {
    byte[] value = change.value();
    if (value == null) {
      throw new AssertionError("no value of " + change.key());
    }
    return value;
  }
}
