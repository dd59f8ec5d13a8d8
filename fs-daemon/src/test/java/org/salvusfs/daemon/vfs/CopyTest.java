package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;

/** Copying trees from one project into another, without a kernel. */
class CopyTest {
  private static final String HIDDEN = ".hidden-copy";
  private static final int WRITE = Posix.O_CREAT | Posix.O_RDWR | Posix.O_TRUNC;

  private final ProjectRig source;
  private final ProjectRig target;
  private final Posix from;
  private Posix to;
  private int snapshots;

  CopyTest() throws IOException {
    source = new ProjectRig();
    target = new ProjectRig(new ProjectId(new UUID(9, 9)), source.chunks);
    from = source.posix();
    to = target.posix();
  }

  @BeforeEach
  void tree() throws Exception {
    from.mkdir("d", 02750);
    write(from, "d/small", "text");
    from.mkdir("d/sub", 0700);
    from.link("d/small", "d/sub/again");
    from.symlink("../small", "d/sub/link");
    from.mknod("d/pipe", 0010640, 0);
    int sparse = from.open("d/sparse", WRITE, 0604);
    from.write(sparse, 1 << 20, random());
    from.truncate(sparse, 3 << 20);
    from.close(sparse);
    from.setxattr("d/small", "user.a", "why".getBytes(UTF_8), 0);
    from.setxattr("d/sub", "trusted.b", new byte[3000], 0);
    from.chown("d/small", 1234, 4321);
    from.chmod("d/small", 04751);
    from.utimens("d/small", 5_000_000_001L, 6_000_000_002L);
    from.utimens("d/sub", 7_000_000_003L, 8_000_000_004L);
    from.utimens("d", 9_000_000_005L, 10_000_000_006L);
  }

  @AfterEach
  void close() throws Exception {
    for (ProjectRig each : List.of(source, target)) {
      each.check();
      each.close();
      each.open();
      each.check();
      each.close();
    }
  }

  private static byte[] random() {
    var bytes = new byte[90_000];
    new Random(9).nextBytes(bytes);
    return bytes;
  }

  private static void write(Posix fs, String path, String text) throws FsException {
    int fd = fs.open(path, WRITE, 0644);
    fs.write(fd, 0, text.getBytes(UTF_8));
    fs.close(fd);
  }

  private static List<byte[]> path(String path) {
    return path.isEmpty()
        ? List.of()
        : Arrays.stream(path.split("/")).map(name -> name.getBytes(UTF_8)).toList();
  }

  private ProjectFileSystem.Copied copy(
      ProjectRig into, String path, String name, boolean replaces, LongConsumer progress)
      throws Exception {
    Snapshot now = source.snapshot("now-" + snapshots++);
    var tree = new StoredTree(source.fs(), source.fs().snapshots().view(now), path(path));
    return into.fs()
        .copy(
            tree,
            path(name),
            replaces,
            (HIDDEN + snapshots).getBytes(UTF_8),
            progress,
            ProjectFileSystem.Changes.UNHEARD);
  }

  private ProjectFileSystem.Copied copy(ProjectRig into, String path, String name)
      throws Exception {
    return copy(into, path, name, false, entries -> {});
  }

  @Test
  void tree_acrossProjects_isEqual_andStoresNoChunk() throws Exception {
    source.transactions().commit();
    int chunks = source.chunks.count();
    assertTrue(chunks > 10, "too few to tell");
    long accessed = from.stat("d/small").atime();
    var copied = copy(target, "d", "copy");
    assertEquals(7, copied.entries());
    assertEquals(SeenTree.of(from, "d"), SeenTree.of(to, "copy"));
    assertEquals(accessed, from.stat("d/small").atime(), "who copies reads nothing");
    assertEquals(chunks, source.chunks.count(), "chunks are shared");
    assertEquals(target.usage().bytes(), copied.bytes());
    assertEquals(Set.of(".", "..", "copy"), to.list("").keySet());
    target.crash();
    to = target.posix();
    assertEquals(SeenTree.of(from, "d"), SeenTree.of(to, "copy"), "it is committed");
  }

  @Test
  void copy_isOfTheCommit_andStandsForItself() throws Exception {
    copy(target, "d", "copy");
    var then = SeenTree.of(to, "copy");
    write(from, "d/small", "newer");
    from.unlink("d/sparse");
    assertEquals(then, SeenTree.of(to, "copy"));
    int fd = to.open("copy/sparse", Posix.O_RDWR, 0);
    to.write(fd, 0, "mine".getBytes(UTF_8));
    assertArrayEquals(random(), to.read(fd, 1 << 20, random().length));
    to.close(fd);
  }

  @Test
  void wholeProject_intoItself_isThereOnce() throws Exception {
    var then = SeenTree.of(from, "");
    copy(source, "", "d/all");
    assertEquals(then, SeenTree.of(from, "d/all"));
    assertFalse(from.list("d/all/d").containsKey("all"));
  }

  @Test
  void takenName_isRefusedBeforeAnythingIsCopied_unlessItIsReplaced() throws Exception {
    to.mkdir("copy", 0755);
    write(to, "copy/old", "old");
    var e =
        assertThrows(
            FsException.class,
            () -> copy(target, "d", "copy", false, entries -> assertEquals(-1, entries)));
    assertEquals("EEXIST: there is \"copy\" already", e.getMessage());
    assertEquals(Errno.EEXIST, e.errno());
    copy(target, "d", "copy", true, entries -> {});
    assertEquals(SeenTree.of(from, "d"), SeenTree.of(to, "copy"));
    assertEquals(7, target.usage().inodes(), "the old one is gone");
  }

  @Test
  void nameTakenMeanwhile_isRefused_andNothingIsLeft() throws Exception {
    LongConsumer taken =
        entries -> {
          if (entries == 3) {
            try {
              to.mkdir("copy", 0755);
            } catch (FsException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    var e = assertThrows(FsException.class, () -> copy(target, "d", "copy", false, taken));
    assertEquals(Errno.EEXIST, e.errno());
    assertEquals(2, target.usage().inodes(), "the top and the new directory");
  }

  @Test
  void endedAtAnyEntry_nothingIsLeft() throws Exception {
    var before = SeenTree.of(to, "");
    for (int step = 0; step < 7; step++) {
      long at = step;
      assertThrows(
          CancellationException.class,
          () ->
              copy(
                  target,
                  "d",
                  "copy",
                  false,
                  entries -> {
                    if (entries == at) {
                      throw new CancellationException("at entry " + at);
                    }
                  }));
      assertEquals(1, target.usage().inodes());
      assertEquals(0, target.usage().bytes());
      target.check();
    }
    assertEquals(before.keySet(), SeenTree.of(to, "").keySet());
    copy(target, "d", "copy");
    assertEquals(SeenTree.of(from, "d"), SeenTree.of(to, "copy"));
  }

  @Test
  void crashAtAnyEntry_leavesTheHiddenPartAtMost_andItsRepetitionCopiesAll() throws Exception {
    to.mkdir("d", 0755);
    for (int step = 1; step < 7; step++) {
      long at = step;
      assertThrows(
          CancellationException.class,
          () ->
              copy(
                  target,
                  "d",
                  "copy",
                  false,
                  entries -> {
                    if (entries == at) {
                      commitAndCrash();
                    }
                  }));
      to = target.posix();
      target.check();
      assertEquals(Set.of(".", "..", "d", HIDDEN + step), to.list("").keySet());
      to.rename(HIDDEN + step, "d/left-" + step, 0); // it is an ordinary directory
    }
    copy(target, "d", "copy");
    assertEquals(SeenTree.of(from, "d"), SeenTree.of(to, "copy"));
  }

  /** As a process that ends: nothing is undone afterwards. */
  private void commitAndCrash() {
    try {
      target.transactions().commit();
      target.crash();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
    throw new CancellationException("crashed");
  }

  @Test
  void whatIsNotThere_isRefusedInWords() throws Exception {
    for (String path : List.of("none", "d/none", "d/small/x")) {
      var e = assertThrows(FsException.class, () -> copy(target, path, "copy"));
      assertEquals("ENOENT: there is no \"%s\" in the source".formatted(path), e.getMessage());
    }
    var e = assertThrows(FsException.class, () -> copy(target, "d", "none/copy"));
    assertEquals("ENOENT: there is no \"none\" in the target", e.getMessage());
    assertThrows(FsException.class, () -> copy(target, "d", ".snapshots"));
    assertEquals(1, target.usage().inodes());
  }

  @Test
  void beyondTheQuotaOfTheTarget_isRefused_andNothingIsLeft() throws Exception {
    target.limit(new Limits(50_000, 50_000, Limits.DEFAULT_GRACE, Long.MAX_VALUE, 0));
    var e = assertThrows(FsException.class, () -> copy(target, "d", "copy"));
    assertEquals(Errno.EDQUOT, e.errno());
    target.limit(new Limits(Limits.UNLIMITED, Limits.UNLIMITED, Limits.DEFAULT_GRACE, 6, 0));
    assertThrows(FsException.class, () -> copy(target, "d", "copy"));
    assertEquals(1, target.usage().inodes());
    assertEquals(0, target.usage().bytes());
  }
}
