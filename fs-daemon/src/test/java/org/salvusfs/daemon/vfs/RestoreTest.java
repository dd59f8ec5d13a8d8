package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.Snapshot;

/** Bringing files and trees back, through the VFS and without a kernel. */
class RestoreTest {
  private static final byte[] HIDDEN = ".hidden-copy".getBytes(UTF_8);
  private static final int WRITE = Posix.O_CREAT | Posix.O_RDWR | Posix.O_TRUNC;

  private ProjectRig rig;
  private Posix fs;
  private int kept;

  /** Names and inodes that the kernel was told of. */
  private final Set<String> names = new TreeSet<>();

  private final ProjectFileSystem.Changes changes =
      new ProjectFileSystem.Changes() {
        @Override
        public void name(long directory, byte[] name) {
          names.add(new String(name, UTF_8));
        }

        @Override
        public void inode(long inode) {
          names.add("#" + inode);
        }
      };

  RestoreTest() throws IOException {
    rig = new ProjectRig();
    fs = rig.posix();
  }

  @BeforeEach
  void tree() throws Exception {
    fs.mkdir("d", 0750);
    write("d/small", "then");
    fs.mkdir("d/sub", 02755);
    write("d/sub/f", "below");
    fs.link("d/small", "d/sub/again");
    fs.symlink("../small", "d/sub/link");
    fs.mknod("d/pipe", 0010640, 0);
    int sparse = fs.open("d/sparse", WRITE, 0604);
    fs.write(sparse, 1 << 20, random(9000));
    fs.truncate(sparse, 3 << 20);
    fs.close(sparse);
    fs.setxattr("d/small", "user.a", "why".getBytes(UTF_8), 0);
    fs.setxattr("d/sub", "trusted.b", new byte[3000], 0);
    fs.chown("d/small", 1234, 4321);
    fs.chmod("d/small", 04751);
    fs.chown("d/sub", 7, 8);
    fs.utimens("d/small", 5_000_000_001L, 6_000_000_002L);
    fs.utimens("d/sub", 7_000_000_003L, 8_000_000_004L);
    fs.utimens("d", 9_000_000_005L, 10_000_000_006L);
  }

  @AfterEach
  void close() throws Exception {
    assertFalse(fs.list("").containsKey(new String(HIDDEN, UTF_8)), "the hidden copy is left");
    rig.check();
    rig.close();
    rig.open();
    rig.check();
    rig.close();
  }

  private static byte[] random(int length) {
    var bytes = new byte[length];
    new Random(9).nextBytes(bytes);
    return bytes;
  }

  private void write(String path, String text) throws FsException {
    int fd = fs.open(path, WRITE, 0644);
    fs.write(fd, 0, text.getBytes(UTF_8));
    fs.close(fd);
  }

  private String text(String path) throws FsException {
    int fd = fs.open(path, Posix.O_RDONLY, 0);
    var bytes = fs.read(fd, 0, 1000);
    fs.close(fd);
    return new String(bytes, UTF_8);
  }

  private static List<byte[]> path(String path) {
    return Arrays.stream(path.split("/")).map(name -> name.getBytes(UTF_8)).toList();
  }

  private Snapshot restore(Snapshot from, String path, String to) throws Exception {
    return rig.fs()
        .restore(
            from, path(path), path(to), HIDDEN, () -> rig.snapshot("before-" + kept++), changes);
  }

  private Map<String, List<Object>> seen(String top) throws FsException {
    return SeenTree.of(fs, top);
  }

  @Test
  void tree_overAChangedOne_isAsItWas_andWhatWasThereIsInTheSnapshot() throws Exception {
    var then = seen("d");
    long usedThen = rig.usage().bytes();
    long accessed = fs.stat("d/small").atime();
    Snapshot one = rig.snapshot("one");
    write("d/small", "newer");
    write("d/sub/new", "new");
    fs.unlink("d/sub/link");
    fs.chmod("d/sub", 0700);
    int stays = fs.open("d/sub/f", Posix.O_RDWR, 0);

    Snapshot before = restore(one, "d", "d");

    assertEquals(accessed, fs.stat("d/small").atime());
    assertEquals(then, seen("d"));
    assertEquals("below", new String(fs.read(stays, 0, 10), UTF_8), "who has it open");
    fs.close(stays);
    assertEquals(usedThen, rig.usage().bytes());
    assertTrue(names.containsAll(List.of("d", "new", "sub")), names.toString());
    restore(before, "d", "was");
    assertEquals("newer", text("was/small"));
    assertEquals("new", text("was/sub/new"));
    assertEquals("then", text("d/small"));
  }

  @Test
  void sparseFile_restored_hasItsHolesAndItsChunks() throws Exception {
    Snapshot one = rig.snapshot("one");
    int chunks = rig.chunks.count();
    long allocated = allocated("d/sparse");
    restore(one, "d/sparse", "copy");
    assertEquals(chunks, rig.chunks.count(), "chunks are shared");
    assertEquals(allocated, allocated("copy"));
    int fd = fs.open("copy", Posix.O_RDONLY, 0);
    assertArrayEquals(random(9000), fs.read(fd, 1 << 20, 9000));
    assertEquals(1 << 20, fs.seek(fd, 0, 3));
    fs.close(fd);
    assertEquals(0604, fs.stat("copy").mode() & 07777);
  }

  private long allocated(String path) throws Exception {
    return rig.fs().getattr(inode(path)).item().allocatedBytes();
  }

  private long inode(String path) throws Exception {
    long at = 1;
    for (byte[] name : path(path)) {
      at = rig.fs().lookup(new Caller(0, 0, 1, 0), at, name).node();
      rig.fs().forget(at, 1);
    }
    return at;
  }

  @Test
  void inheritedAcls_areNotAdded() throws Exception {
    var then = seen("d");
    Snapshot one = rig.snapshot("one");
    byte[] inherited = {
      2, 0, 0, 0, 1, 0, 7, 0, -1, -1, -1, -1, 2, 0, 4, 0, -46, 4, 0, 0, 4, 0, 5, 0, -1, -1, -1, -1,
      16, 0, 5, 0, -1, -1, -1, -1, 32, 0, 0, 0, -1, -1, -1, -1
    };
    fs.mkdir("heirs", 0755);
    fs.setxattr("heirs", "system.posix_acl_default", inherited, 0);
    restore(one, "d", "heirs/d");
    assertEquals(then, seen("heirs/d"));
  }

  @Test
  void fileOverADirectory_andBack_exchangeThem() throws Exception {
    Snapshot one = rig.snapshot("one");
    restore(one, "d/small", "d/sub");
    assertEquals("then", text("d/sub"));
    assertEquals(1, fs.stat("d/sub").nlink(), "the other name is not restored");
    restore(one, "d/sub", "d/small");
    assertEquals("below", text("d/small/f"));
    assertEquals(3, fs.stat("d").nlink());
  }

  @Test
  void whatIsNotThere_isRefused_andNothingIsLeft() throws Exception {
    write("later", "x");
    Snapshot one = rig.snapshot("one");
    write("newest", "x");
    var before = List.of(fs.list(""), seen("d"));
    for (String path : List.of("newest", "d/none", "d/small/x", "none/x")) {
      var e = assertThrows(FsException.class, () -> restore(one, path, "to"));
      assertEquals(Errno.ENOENT, e.errno());
      assertTrue(String.valueOf(e.getMessage()).contains("in the snapshot"), e.toString());
    }
    for (String to : List.of("none/to", "later/to")) {
      assertThrows(FsException.class, () -> restore(one, "d", to));
    }
    assertEquals(0, kept, "no snapshot was made");
    assertEquals(before, List.of(fs.list(""), seen("d")));
    assertThrows(FsException.class, () -> restore(one, "d", ".snapshots"));
  }

  @Test
  void beyondTheQuota_isRefused_andNothingIsLeft() throws Exception {
    Snapshot one = rig.snapshot("one");
    write("d/small", "newer");
    long bytes = rig.usage().bytes();
    long inodes = rig.usage().inodes();
    rig.limit(new Limits(bytes + 8000, bytes + 8000, Limits.DEFAULT_GRACE, Long.MAX_VALUE, 0));
    var e = assertThrows(FsException.class, () -> restore(one, "d", "d"));
    assertEquals(Errno.EDQUOT, e.errno());
    rig.limit(new Limits(Limits.UNLIMITED, Limits.UNLIMITED, Limits.DEFAULT_GRACE, inodes + 3, 0));
    assertThrows(FsException.class, () -> restore(one, "d", "d"));
    assertEquals("newer", text("d/small"));
    assertEquals(bytes, rig.usage().bytes());
    assertEquals(inodes, rig.usage().inodes());
    assertEquals(0, kept);
  }

  @Test
  void snapshotThatCannotBeMade_leavesEverythingAsItWas() throws Exception {
    Snapshot one = rig.snapshot("one");
    write("d/small", "newer");
    var before = List.of(fs.list(""), seen("d"));
    assertThrows(
        IOException.class,
        () ->
            rig.fs()
                .restore(
                    one,
                    path("d"),
                    path("d"),
                    HIDDEN,
                    () -> {
                      throw new IOException("no");
                    },
                    changes));
    assertEquals(before, List.of(fs.list(""), seen("d")));
  }

  @Test
  void afterACrash_theRestoredContentsAreThere() throws Exception {
    Snapshot one = rig.snapshot("one");
    write("d/small", "newer");
    var inodeBefore = fs.stat("d/small").ino();
    restore(one, "d/small", "d/small");
    rig.crash();
    fs = rig.posix();
    assertEquals("then", text("d/small"));
    assertNotEquals(inodeBefore, fs.stat("d/small").ino());
  }

  @Test
  void end_operationsFindTheProjectStale() throws Exception {
    rig.fs().end();
    var e = assertThrows(FsException.class, () -> fs.mkdir("x", 0755));
    assertEquals(Errno.ESTALE, e.errno());
    rig.close();
    rig.open();
    fs = rig.posix();
    assertEquals("then", text("d/small"));
  }
}
