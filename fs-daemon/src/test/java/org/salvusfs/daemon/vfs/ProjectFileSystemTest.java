package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/** What programs do not see but the kernel and the store do. */
final class ProjectFileSystemTest {
  private static final Caller ROOT = new Caller(0, 0, 1, 0);
  private static final long TOP = FileSystem.ROOT;

  private final ProjectRig rig;
  private final ProjectFileSystem fs;

  ProjectFileSystemTest() throws IOException {
    rig = new ProjectRig();
    fs = rig.fs();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  /** A file that the kernel knows by one lookup. */
  private long file(String name, String contents) throws FsException {
    long node = fs.create(ROOT, TOP, bytes(name), 0644, 0).attr().node();
    fs.write(ROOT, node, 0, 0, ByteBuffer.wrap(bytes(contents)), 0, false);
    return node;
  }

  private InodeItem item(long node) throws FsException {
    return fs.getattr(node).item();
  }

  @Test
  void unlink_ofKnownFile_keepsItUntilForgotten() throws Exception {
    long node = file("f", "x".repeat(10_000));
    fs.lookup(ROOT, TOP, bytes("f"));
    fs.unlink(ROOT, TOP, bytes("f"));
    assertNotNull(rig.item(Keys.orphan(node)));
    fs.forget(node, 1);
    assertEquals(0, item(node).nlink());
    fs.forget(node, 1);
    assertEquals(0, rig.itemsOf(node));
    assertNull(rig.item(Keys.orphan(node)));
    assertEquals(1, rig.usage().inodes());
    assertEquals(0, rig.usage().bytes());
    rig.check();
  }

  @Test
  void unlink_ofForgottenFile_reapsItAtOnce() throws Exception {
    long node = file("f", "x");
    fs.forget(node, 1);
    fs.unlink(ROOT, TOP, bytes("f"));
    assertEquals(0, rig.itemsOf(node));
    rig.check();
  }

  @Test
  void forget_whileTheLeaseIsLost_isMadeUpForLater() throws Exception {
    long first = file("f", "x");
    long second = file("g", "x");
    fs.unlink(ROOT, TOP, bytes("f"));
    fs.unlink(ROOT, TOP, bytes("g"));
    rig.leased = false;
    fs.forget(first, 1);
    assertEquals(2, fs.orphansInUse());
    rig.leased = true;
    fs.forget(second, 1);
    assertEquals(0, fs.orphansInUse());
    assertEquals(0, rig.itemsOf(first));
  }

  @Test
  void open_afterCrash_reapsOrphans() throws Exception {
    long node = file("f", "x");
    fs.unlink(ROOT, TOP, bytes("f"));
    rig.transactions().commit();
    rig.crash();
    assertEquals(0, rig.itemsOf(node));
    rig.check();
  }

  @Test
  void fsync_thenCrash_bringsBackNamesAndContents() throws Exception {
    fs.mkdir(ROOT, TOP, bytes("d"), 0755);
    long node = file("f", "contents");
    fs.fsync(node, false);
    file("g", "lost");
    rig.crash();
    var posix = rig.posix();
    int fd = posix.open("f", Posix.O_RDONLY, 0);
    assertArrayEquals(bytes("contents"), posix.read(fd, 0, 100));
    assertEquals(InodeItem.S_IFDIR | 0755, posix.stat("d").mode());
    assertThrows(FsException.class, () -> posix.stat("g"));
    posix.close(fd);
    rig.check();
  }

  @Test
  void renameOver_thenFsyncOfAnother_thenCrash_bringsContentsAlong() throws Exception {
    file("config", "old");
    fs.fsync(TOP, false);
    file("config.tmp", "new");
    fs.rename(ROOT, TOP, bytes("config.tmp"), TOP, bytes("config"), 0);
    fs.fsyncdir(TOP);
    rig.crash();
    var posix = rig.posix();
    int fd = posix.open("config", Posix.O_RDONLY, 0);
    assertArrayEquals(bytes("new"), posix.read(fd, 0, 100));
    posix.close(fd);
  }

  @Test
  void write_synchronous_survivesCrash() throws Exception {
    long node = file("f", "");
    fs.write(ROOT, node, 0, 0, ByteBuffer.wrap(bytes("safe")), Posix.O_SYNC, false);
    rig.crash();
    assertEquals(4, rig.posix().stat("f").size());
  }

  @Test
  void read_notesAccess_onlyBesideOtherChanges() throws Exception {
    long node = file("f", "x");
    rig.transactions().commit();
    long created = item(node).atimeNanos();
    fs.read(node, 0, 0, ByteBuffer.allocate(1), 0);
    assertEquals(created, item(node).atimeNanos());
    file("g", "");
    fs.read(node, 0, 0, ByteBuffer.allocate(1), 0);
    long accessed = item(node).atimeNanos();
    assertNotEquals(created, accessed);
    fs.read(node, 0, 0, ByteBuffer.allocate(1), 0);
    assertEquals(accessed, item(node).atimeNanos());
    rig.clock.addAndGet(TimeUnit.DAYS.toNanos(2));
    fs.read(node, 0, 0, ByteBuffer.allocate(1), 0);
    assertNotEquals(accessed, item(node).atimeNanos());
  }

  @Test
  void write_byUser_takesPrivilegesAway() throws Exception {
    long node = fs.create(ROOT, TOP, bytes("f"), 06755, 0).attr().node();
    byte[] capability = bytes("security.capability");
    fs.setxattr(ROOT, node, capability, bytes("cap"), 0);
    fs.write(ROOT, node, 0, 0, ByteBuffer.wrap(bytes("x")), 0, false);
    assertEquals(06755, item(node).mode() & 07777);
    fs.write(ROOT, node, 0, 0, ByteBuffer.wrap(bytes("x")), 0, true);
    assertEquals(0755, item(node).mode() & 07777);
    assertErrno(Errno.ENODATA, () -> fs.getxattr(node, capability));
  }

  @Test
  void operations_withoutLease_failButReadsGoOn() throws Exception {
    long node = file("f", "x");
    rig.leased = false;
    assertEquals(1, fs.read(node, 0, 0, ByteBuffer.allocate(10), 0));
    assertErrno(Errno.EIO, () -> fs.mkdir(ROOT, TOP, bytes("d"), 0755));
    assertErrno(Errno.EIO, () -> fs.write(ROOT, node, 0, 0, ByteBuffer.wrap(bytes("y")), 0, false));
    rig.leased = true;
    fs.mkdir(ROOT, TOP, bytes("d"), 0755);
    rig.check();
  }

  @Test
  void write_beyondLargestOffset_failsTooBig() throws Exception {
    long node = file("f", "");
    assertErrno(
        Errno.EFBIG,
        () -> fs.write(ROOT, node, 0, Long.MAX_VALUE, ByteBuffer.wrap(bytes("x")), 0, false));
  }

  @Test
  void link_beyondLimit_failsTooManyLinks() throws Exception {
    long node = file("f", "");
    for (int i = 1; i < Namespace.LINKS_MAX; i++) {
      fs.link(ROOT, node, TOP, bytes("l" + i));
    }
    assertErrno(Errno.EMLINK, () -> fs.link(ROOT, node, TOP, bytes("more")));
  }

  @Test
  void create_inRemovedDirectory_failsNoEntry() throws Exception {
    long directory = fs.mkdir(ROOT, TOP, bytes("d"), 0755).node();
    fs.rmdir(ROOT, TOP, bytes("d"));
    assertErrno(Errno.ENOENT, () -> fs.create(ROOT, directory, bytes("f"), 0644, 0));
    assertErrno(Errno.ENOENT, () -> fs.mkdir(ROOT, directory, bytes("e"), 0755));
  }

  @Test
  void statfs_showsUsage() throws Exception {
    var empty = fs.statfs(TOP);
    file("f", "x".repeat(8192));
    assertEquals(empty.blocks() + 2, fs.statfs(TOP).blocks());
    assertEquals(empty.inodesFree() - 1, fs.statfs(TOP).inodesFree());
  }

  @Test
  void readdir_plus_countsAcceptedEntriesOnly() throws Exception {
    for (int i = 0; i < 5; i++) {
      fs.forget(file("f" + i, ""), 1);
    }
    assertEquals(0, fs.inodesInUse());
    long handle = fs.opendir(ROOT, TOP);
    var accepted = new ArrayList<Attr>();
    fs.readdir(
        TOP,
        handle,
        2,
        true,
        (name, ino, type, cookie, attr) -> {
          if (accepted.size() == 3 || attr == null) {
            return false;
          }
          return accepted.add(attr);
        });
    assertEquals(3, fs.inodesInUse());
    fs.releasedir(TOP, handle);
    assertErrno(Errno.EBADF, () -> fs.readdir(TOP, handle, 0, false, collect(List.of())));
  }

  private static DirSink collect(List<String> into) {
    return (name, ino, type, cookie, attr) -> into.add(new String(name, ISO_8859_1));
  }

  private static DirSink collect(List<String> into, int count) {
    return (name, ino, type, cookie, attr) ->
        into.size() < count && into.add(new String(name, ISO_8859_1));
  }

  @Test
  void readdir_amidChanges_showsWhatStaysOnce_andSeeksBack() throws Exception {
    for (String name : List.of("b", "d", "f", "h")) {
      file(name, "");
    }
    long handle = fs.opendir(ROOT, TOP);
    var first = new ArrayList<String>();
    fs.readdir(TOP, handle, 0, false, collect(first, 4));
    assertEquals(List.of(".", "..", "b", "d"), first);
    fs.unlink(ROOT, TOP, bytes("b"));
    file("a", "");
    file("g", "");
    var rest = new ArrayList<String>();
    fs.readdir(TOP, handle, 4, false, collect(rest));
    assertEquals(List.of("f", "g", "h"), rest);
    var again = new ArrayList<String>();
    fs.readdir(TOP, handle, 2, false, collect(again));
    assertEquals(List.of("d", "f", "g", "h"), again);
    var fresh = new ArrayList<String>();
    fs.readdir(TOP, handle, 0, false, collect(fresh));
    assertEquals(List.of(".", "..", "a", "d", "f", "g", "h"), fresh);
    fs.readdir(TOP, handle, 99, false, collect(fresh));
    assertEquals(7, fresh.size());
    assertErrno(Errno.EINVAL, () -> fs.readdir(TOP, handle, -1, false, collect(fresh)));
  }

  @Test
  void readdir_atCookieOfAnEarlierStream_goesOnThere() throws Exception {
    for (String name : List.of("a", "b", "c", "d")) {
      file(name, "");
    }
    long handle = fs.opendir(ROOT, TOP);
    List<String> rest = new ArrayList<>();
    fs.readdir(TOP, handle, 4, false, collect(rest));
    assertEquals(List.of("c", "d"), rest);
  }

  @Test
  void read_throughNoAtime_leavesAccessTime() throws Exception {
    long node = file("f", "contents");
    var long1970 = new SetAttr(null, null, null, null, 1L, null, null, false);
    fs.setattr(ROOT, node, long1970);
    int noAtime = 01000000;
    fs.read(node, FileSystem.UNOPENED, 0, ByteBuffer.allocate(8), noAtime);
    assertEquals(1, item(node).atimeNanos());
    fs.read(node, fs.open(ROOT, node, noAtime), 0, ByteBuffer.allocate(8), 0);
    assertNotEquals(1, item(node).atimeNanos());
  }

  @Test
  void tmpfile_isOrphan_untilItIsNamed() throws Exception {
    fs.mkdir(ROOT, TOP, bytes("d"), 02775);
    long d = fs.lookup(ROOT, TOP, bytes("d")).node();
    var user = new Caller(7, 8, 1, 022);
    Attr made = fs.tmpfile(user, d, 0666, 2).attr();
    assertEquals(0, made.item().nlink());
    assertEquals(InodeItem.S_IFREG | 0644, made.item().mode());
    assertEquals(0, made.item().gid());
    assertNotNull(rig.item(Keys.orphan(made.node())));
    fs.write(ROOT, made.node(), 0, 0, ByteBuffer.wrap(bytes("text")), 0, false);
    rig.check();
    assertEquals(1, fs.link(ROOT, made.node(), TOP, bytes("named")).item().nlink());
    assertNull(rig.item(Keys.orphan(made.node())));
    fs.forget(made.node(), 2);
    assertEquals(made.node(), fs.lookup(ROOT, TOP, bytes("named")).node());
    rig.check();
  }

  @Test
  void tmpfile_namedThenUnlinked_isNamedNoMore() throws Exception {
    long node = fs.tmpfile(ROOT, TOP, 0600, 2).attr().node();
    fs.link(ROOT, node, TOP, bytes("named"));
    fs.unlink(ROOT, TOP, bytes("named"));
    assertErrno(Errno.ENOENT, () -> fs.link(ROOT, node, TOP, bytes("again")));
  }

  @Test
  void tmpfile_forgotten_isReaped() throws Exception {
    long node = fs.tmpfile(ROOT, TOP, 0600, 2).attr().node();
    fs.write(ROOT, node, 0, 0, ByteBuffer.wrap(bytes("x".repeat(10_000))), 0, false);
    fs.forget(node, 1);
    assertEquals(0, rig.itemsOf(node));
    assertEquals(1, rig.usage().inodes());
    assertEquals(0, rig.usage().bytes());
    rig.check();
  }

  @Test
  void tmpfile_namedAndLogged_survivesCrashWithContents() throws Exception {
    long node = fs.tmpfile(ROOT, TOP, 0600, 2).attr().node();
    fs.write(ROOT, node, 0, 0, ByteBuffer.wrap(bytes("contents")), 0, false);
    fs.link(ROOT, node, TOP, bytes("named"));
    fs.fsyncdir(TOP);
    rig.crash();
    assertEquals(8, rig.fs().lookup(ROOT, TOP, bytes("named")).item().sizeBytes());
    rig.check();
  }

  @Test
  void lookup_dot_findsForgottenInodeOfAnyType_untilItIsUnlinked() throws Exception {
    long node = file("f", "x");
    fs.forget(node, 1);
    assertEquals(node, fs.lookup(ROOT, node, bytes(".")).node());
    fs.unlink(ROOT, TOP, bytes("f"));
    assertErrno(Errno.ESTALE, () -> fs.lookup(ROOT, node, bytes(".")));
    fs.forget(node, 1);
    assertErrno(Errno.ESTALE, () -> fs.lookup(ROOT, node, bytes(".")));
    rig.check();
  }

  private interface Attempt {
    void run() throws FsException;
  }

  private static void assertErrno(Errno expected, Attempt attempt) {
    assertEquals(expected, assertThrows(FsException.class, attempt::run).errno());
  }
}
