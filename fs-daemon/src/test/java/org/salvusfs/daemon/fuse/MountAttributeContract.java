package org.salvusfs.daemon.fuse;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Errno;

/**
 * What POSIX and Linux promise about owners, modes, times, special files and extended attributes;
 * goes with {@link MountContract}.
 */
public abstract class MountAttributeContract extends MountTests {
  @Test
  void create_underUmask_masksMode() throws Exception {
    Shell.run(directory(), "umask 027; touch f; mkdir d");
    assertEquals(0640, mode(at("f")));
    assertEquals(0750, mode(at("d")));
  }

  @Test
  void chmod_allBits_areKept() throws Exception {
    Path f = file("f", "");
    Posix.chmod(f, 06755);
    assertEquals(06755, mode(f));
    Path d = dir("d");
    Posix.chmod(d, 01777);
    assertEquals(01777, mode(d));
  }

  @Test
  void chown_byRoot_changesOwnerAndClearsSuidgid() throws Exception {
    Path f = file("f", "");
    Posix.chmod(f, 06755);
    Posix.chown(f, 1234, 5678);
    assertEquals(1234, Posix.stat(f).uid());
    assertEquals(5678, Posix.stat(f).gid());
    assertEquals(0755, mode(f));
  }

  @Test
  void write_byOtherUser_clearsSuidgid() throws Exception {
    Posix.chmod(directory(), 0755);
    Path f = file("f", "old");
    Posix.chown(f, 1000, 1000);
    Posix.chmod(f, 06777);
    Shell.run(directory(), "setpriv --reuid 1000 --regid 1000 --clear-groups sh -c 'echo x >> f'");
    assertEquals(0777, mode(f));
    Posix.chmod(f, 06777);
    Shell.run(directory(), "setpriv --reuid 1000 --regid 1000 --clear-groups sh -c ': > f'");
    assertEquals(0777, mode(f));
  }

  @Test
  void create_byOtherUser_belongsToIt() throws Exception {
    Posix.chmod(directory(), 0777);
    Shell.run(directory(), "setpriv --reuid 1000 --regid 1001 --clear-groups touch f");
    assertEquals(1000, Posix.stat(at("f")).uid());
    assertEquals(1001, Posix.stat(at("f")).gid());
  }

  @Test
  void create_inSetgidDirectory_inheritsGroup() throws Exception {
    Path d = dir("d");
    Posix.chown(d, 0, 4242);
    Posix.chmod(d, 02755);
    file("d/f", "");
    dir("d/e");
    assertEquals(4242, Posix.stat(at("d/f")).gid());
    assertEquals(4242, Posix.stat(at("d/e")).gid());
    assertEquals(02755, mode(at("d/e")));
  }

  @Test
  void permission_ofOtherUser_isChecked() throws Exception {
    Posix.chmod(directory(), 0755);
    file("f", "secret");
    Posix.chmod(at("f"), 0600);
    String other = "setpriv --reuid 1000 --regid 1000 --clear-groups ";
    assertNotEquals(0, Shell.attempt(directory(), other + "cat f").exitCode());
    assertNotEquals(0, Shell.attempt(directory(), other + "touch g").exitCode());
    Posix.chmod(at("f"), 0604);
    assertEquals("secret", Shell.run(directory(), other + "cat f"));
  }

  @Test
  void unlink_inStickyDirectoryByOtherUser_isRefused() throws Exception {
    Posix.chmod(directory(), 01777);
    file("f", "");
    String other = "setpriv --reuid 1000 --regid 1000 --clear-groups ";
    assertNotEquals(0, Shell.attempt(directory(), other + "rm -f f").exitCode());
    assertTrue(Files.exists(at("f")));
  }

  @Test
  void utimens_nanoseconds_areKept() throws Exception {
    Path f = file("f", "");
    Posix.utimens(f, 1_234_567_890_123_456_789L, -1_500_000_001L);
    assertEquals(1_234_567_890_123_456_789L, Posix.stat(f).atimeNanos());
    assertEquals(-1_500_000_001L, Posix.stat(f).mtimeNanos());
  }

  @Test
  void touch_modificationOnly_leavesAccessTime() throws Exception {
    Path f = file("f", "");
    Posix.utimens(f, 1_000_000_000L, 2_000_000_000L);
    Shell.run(directory(), "touch -m f");
    assertEquals(1_000_000_000L, Posix.stat(f).atimeNanos());
    assertTrue(Posix.stat(f).mtimeNanos() > 1_700_000_000_000_000_000L);
  }

  @Test
  void write_changesModificationTime() throws Exception {
    Path f = file("f", "");
    Posix.utimens(f, 0, 0);
    Files.writeString(f, "x");
    assertTrue(Posix.stat(f).mtimeNanos() > 0);
  }

  @Test
  void create_changesDirectoryTime() throws Exception {
    Path d = dir("d");
    Posix.utimens(d, 0, 0);
    file("d/f", "");
    assertTrue(Posix.stat(d).mtimeNanos() > 0);
    Posix.utimens(d, 0, 0);
    Posix.unlink(at("d/f"));
    assertTrue(Posix.stat(d).mtimeNanos() > 0);
  }

  @Test
  void stat_birthTime_staysWhenTheRestChanges() throws Exception {
    needs(MountCapability.BIRTH_TIME);
    Path f = file("f", "");
    long birth = Posix.stat(f).btimeNanos();
    assertTrue(birth > 1_700_000_000_000_000_000L);
    Files.writeString(f, "x");
    Posix.utimens(f, 0, 0);
    assertEquals(birth, Posix.stat(f).btimeNanos());
  }

  @Test
  void mknod_specialFiles_keepTypeAndDevice() throws Exception {
    Posix.mkfifo(at("fifo"), 0640);
    assertEquals(0010640, Posix.stat(at("fifo")).mode());
    Posix.mknod(at("null"), 0020666, 0x103);
    Posix.Stat character = Posix.stat(at("null"));
    assertEquals(0020000, character.mode() & TYPE);
    assertEquals(1, character.rdevMajor());
    assertEquals(3, character.rdevMinor());
    Posix.mknod(at("block"), 0060600, 0x700);
    assertEquals(0060000, Posix.stat(at("block")).mode() & TYPE);
    assertEquals(7, Posix.stat(at("block")).rdevMajor());
  }

  @Test
  void fifo_carriesBytes() throws Exception {
    assertEquals("through\n", Shell.run(directory(), "mkfifo p; echo through > p & cat p; wait"));
  }

  @Test
  void socket_canBeBoundAndConnected() throws Exception {
    assertEquals(
        "hello\n",
        Shell.run(
            directory(),
            """
            python3 -c "
            import socket
            a = socket.socket(socket.AF_UNIX); a.bind('s'); a.listen()
            b = socket.socket(socket.AF_UNIX); b.connect('s'); b.send(b'hello')
            print(a.accept()[0].recv(9).decode())"
            """));
    assertEquals(0140000, Posix.stat(at("s")).mode() & TYPE);
  }

  @Test
  void xattr_setGetListRemove_roundTrips() throws Exception {
    Path f = file("f", "");
    byte[] value = new byte[3000];
    Arrays.fill(value, (byte) 7);
    Posix.setxattr(f, "user.one", value, 0);
    Posix.setxattr(f, "user.two", new byte[] {}, 0);
    assertArrayEquals(value, Posix.getxattr(f, "user.one", 4096));
    assertEquals(0, Posix.getxattr(f, "user.two", 10).length);
    assertEquals(
        Set.of("user.one", "user.two"),
        Set.of(Posix.listxattr(f).split("\0", -1)[0], Posix.listxattr(f).split("\0", -1)[1]));
    Posix.removexattr(f, "user.one");
    assertEquals("user.two\0", Posix.listxattr(f));
    assertErrno(Errno.ENODATA, () -> Posix.getxattr(f, "user.one", 10));
    assertErrno(Errno.ENODATA, () -> Posix.removexattr(f, "user.one"));
  }

  @Test
  void xattr_createOverExisting_failsExists() throws Exception {
    Path f = file("f", "");
    Posix.setxattr(f, "user.a", new byte[] {1}, Posix.XATTR_CREATE);
    assertErrno(
        Errno.EEXIST, () -> Posix.setxattr(f, "user.a", new byte[] {2}, Posix.XATTR_CREATE));
    Posix.setxattr(f, "user.a", new byte[] {3}, Posix.XATTR_REPLACE);
    assertArrayEquals(new byte[] {3}, Posix.getxattr(f, "user.a", 10));
  }

  @Test
  void xattr_replaceMissing_failsNoData() throws Exception {
    Path f = file("f", "");
    assertErrno(
        Errno.ENODATA, () -> Posix.setxattr(f, "user.a", new byte[] {1}, Posix.XATTR_REPLACE));
  }

  @Test
  void xattr_intoSmallBuffer_failsRange() throws Exception {
    Path f = file("f", "");
    Posix.setxattr(f, "user.a", new byte[100], 0);
    assertErrno(Errno.ERANGE, () -> Posix.getxattr(f, "user.a", 10));
  }

  @Test
  void statfs_ofMount_showsPlausibleNumbers() throws Exception {
    var store = Files.getFileStore(directory());
    assertTrue(store.getTotalSpace() > 0);
    assertTrue(store.getUsableSpace() <= store.getTotalSpace());
    assertEquals("255\n", Shell.run(directory(), "stat -f -c %l ."));
  }
}
