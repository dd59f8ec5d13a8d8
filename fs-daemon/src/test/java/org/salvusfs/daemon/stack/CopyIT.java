package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.daemon.stack.Trees.sh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code salvus cp} through a real mount: nothing is stored again, and nothing is lost. */
@Tag("mount")
class CopyIT {
  /** What nodes and records of a commit may add to the packs, which hold chunks only. */
  private static final long SLACK_BYTES = 64 << 10;

  @TempDir Path directory;
  private DevStack stack;
  private Path demo;
  private Path other;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\n");
    stack.start();
    salvus(0, "project", "create", "other");
    demo = stack.home();
    other = stack.home("other");
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void treeWithEverything_isTheSameToRsync_andStoredOnce() throws Exception {
    Files.createDirectory(demo.resolve("d"));
    sh(demo.resolve("d"), Trees.MAKE_EVERYTHING);
    salvus(0, "snapshot", "create", "demo", "one");
    sh(demo, "ls -lR ../other > /dev/null"); // so that the kernel has something to forget
    long before = packBytes();
    String said = salvus(0, "cp", "demo:d", "other:copy");
    assertTrue(said.contains("entries copied to project other, 3."), said);
    Trees.assertSame(demo.resolve("d"), other.resolve("copy"), "");
    sh(demo, "diff -r --no-dereference --exclude={fifo,socket,null,disk,sparse} d ../other/copy");
    assertEquals(blocks(demo, "d/sparse"), blocks(other, "copy/sparse"), "holes");

    salvus(0, "cp", "demo@one:d", "other:");
    Trees.assertSame(demo.resolve("d"), other.resolve("d"), "");
    salvus(2, "cp", "other:copy", "demo:again/");
    assertFalse(Files.exists(demo.resolve("again")), "there is no such directory");
    salvus(0, "cp", "other:copy", "demo:d/");
    Trees.assertSame(other.resolve("copy"), demo.resolve("d/copy"), "");
    assertTrue(packBytes() - before < SLACK_BYTES, before + " to " + packBytes());

    sh(demo, "rm -rf d");
    salvus(0, "snapshot", "delete", "demo", "one");
    assertEquals(0, stack.stop());
    stack.start();
    Trees.assertSame(other.resolve("d"), other.resolve("copy"), "");
    assertEquals("text\n", Files.readString(other.resolve("copy/dir/text")));
    salvus(0, "check", "demo");
    salvus(0, "check", "other");
  }

  @Test
  void whatIsThere_orHasNoRoom_isRefused_andNothingIsLeft() throws Exception {
    Files.writeString(demo.resolve("a"), "new");
    Files.writeString(other.resolve("a"), "old");
    String refused = salvus(7, "cp", "demo:a", "other:");
    assertTrue(refused.contains("there is \"a\" already; --force replaces it"), refused);
    assertEquals("old", Files.readString(other.resolve("a")));
    salvus(0, "cp", "demo:a", "other:a", "--force");
    assertEquals("new", Files.readString(other.resolve("a")));
    String missing = salvus(2, "cp", "demo:nothing/b", "other:b");
    assertTrue(missing.contains("there is no \"nothing\" in the source"), missing);
    assertTrue(salvus(6, "cp", "demo@none:a", "other:b").contains("no snapshot \"none\""));
    salvus(2, "cp", "demo:a", "other:.snapshots");
    salvus(2, "cp", "demo:../a", "other:b");

    sh(demo, "mkdir d; head -c 3000000 /dev/urandom > d/one; cp d/one d/two; sync");
    salvus(0, "project", "set", "other", "--quota", "5M");
    String full = salvus(11, "cp", "demo:d", "other:d");
    assertTrue(full.contains("project other has no room for it"), full);
    assertEquals("a", sh(other, "ls -A"));
    salvus(0, "project", "set", "other", "--quota", "7M");
    salvus(0, "cp", "demo:d", "other:d");
    Trees.assertSame(demo.resolve("d"), other.resolve("d"), "");
    salvus(0, "check", "other");
  }

  private static String blocks(Path in, String file) throws IOException, InterruptedException {
    return sh(in, "stat -c '%s %b' " + file);
  }

  private long packBytes() throws IOException, InterruptedException {
    return Long.parseLong(sh(stack.data(), "du -sb packs | cut -f1"));
  }

  private String salvus(int exit, String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(exit, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }
}
