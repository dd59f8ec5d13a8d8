package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;

/**
 * What a filesystem does with POSIX ACLs, whoever enforces them. Goes with {@link
 * FileSystemContract}.
 */
abstract class AclContract {
  private static final String ACCESS = "system.posix_acl_access";
  private static final String DEFAULT = "system.posix_acl_default";
  private static final int NOBODY = -1;

  private Posix fs;

  /** The filesystem under test, empty. */
  protected abstract Posix mount();

  @BeforeEach
  void mountFresh() {
    fs = mount();
  }

  /** An ACL with a named user 1234 and a mask. */
  private static byte[] acl(int owner, int user, int group, int mask, int other) {
    return ByteBuffer.allocate(4 + 5 * 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(2)
        .putShort((short) 0x01)
        .putShort((short) owner)
        .putInt(NOBODY)
        .putShort((short) 0x02)
        .putShort((short) user)
        .putInt(1234)
        .putShort((short) 0x04)
        .putShort((short) group)
        .putInt(NOBODY)
        .putShort((short) 0x10)
        .putShort((short) mask)
        .putInt(NOBODY)
        .putShort((short) 0x20)
        .putShort((short) other)
        .putInt(NOBODY)
        .array();
  }

  /** An ACL that says no more than a mode. */
  private static byte[] plain(int owner, int group, int other) {
    return ByteBuffer.allocate(4 + 3 * 8)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(2)
        .putShort((short) 0x01)
        .putShort((short) owner)
        .putInt(NOBODY)
        .putShort((short) 0x04)
        .putShort((short) group)
        .putInt(NOBODY)
        .putShort((short) 0x20)
        .putShort((short) other)
        .putInt(NOBODY)
        .array();
  }

  private void make(String path, int mode) throws FsException {
    fs.close(fs.open(path, Posix.O_RDWR | Posix.O_CREAT, mode));
  }

  private int permissions(String path) throws FsException {
    return fs.stat(path).mode() & 07777;
  }

  private void assertNoAcl(String path, String name) {
    assertErrno(Errno.ENODATA, () -> fs.getxattr(path, name));
  }

  private interface Attempt {
    void run() throws FsException;
  }

  private static void assertErrno(Errno expected, Attempt attempt) {
    assertEquals(expected, assertThrows(FsException.class, attempt::run).errno());
  }

  @Test
  void accessAcl_setsMode_withMaskAsGroupBits() throws FsException {
    make("f", 0600);
    fs.setxattr("f", ACCESS, acl(6, 4, 0, 5, 1), 0);
    assertEquals(0651, permissions("f"));
    assertArrayEquals(acl(6, 4, 0, 5, 1), fs.getxattr("f", ACCESS));
    assertEquals(ACCESS + "\0", new String(fs.listxattr("f"), ISO_8859_1));
  }

  @Test
  void accessAcl_thatModeCanSay_isNotKept() throws FsException {
    make("f", 0600);
    fs.setxattr("f", ACCESS, acl(6, 4, 0, 5, 1), 0);
    fs.setxattr("f", ACCESS, plain(7, 5, 0), 0);
    assertEquals(0750, permissions("f"));
    assertNoAcl("f", ACCESS);
  }

  @Test
  void accessAcl_keepsSetuid_andIsRemovable() throws FsException {
    make("f", 0600);
    fs.chmod("f", 04755);
    fs.setxattr("f", ACCESS, acl(7, 4, 0, 5, 1), 0);
    assertEquals(04751, permissions("f"));
    fs.removexattr("f", ACCESS);
    assertEquals(04751, permissions("f"));
    assertNoAcl("f", ACCESS);
  }

  @Test
  void chmod_changesMask_notGroup() throws FsException {
    make("f", 0600);
    fs.setxattr("f", ACCESS, acl(6, 4, 7, 5, 1), 0);
    fs.chmod("f", 0724);
    assertArrayEquals(acl(7, 4, 7, 2, 4), fs.getxattr("f", ACCESS));
    assertEquals(0724, permissions("f"));
  }

  @Test
  void defaultAcl_limitsNewFile_inPlaceOfUmask() throws FsException {
    fs.mkdir("d", 0777);
    fs.setxattr("d", DEFAULT, acl(7, 6, 5, 6, 2), 0);
    make("d/f", 0666);
    assertEquals(0662, permissions("d/f"));
    assertArrayEquals(acl(6, 6, 5, 6, 2), fs.getxattr("d/f", ACCESS));
    assertNoAcl("d/f", DEFAULT);
  }

  @Test
  void defaultAcl_isHandedOnToDirectories() throws FsException {
    fs.mkdir("d", 0777);
    fs.setxattr("d", DEFAULT, acl(7, 6, 5, 7, 0), 0);
    fs.mkdir("d/sub", 0750);
    assertEquals(0750, permissions("d/sub"));
    assertArrayEquals(acl(7, 6, 5, 5, 0), fs.getxattr("d/sub", ACCESS));
    assertArrayEquals(acl(7, 6, 5, 7, 0), fs.getxattr("d/sub", DEFAULT));
  }

  @Test
  void defaultAcl_thatModeCanSay_givesOnlyAMode() throws FsException {
    fs.mkdir("d", 0777);
    fs.setxattr("d", DEFAULT, plain(7, 7, 0), 0);
    make("d/f", 0666);
    assertEquals(0660, permissions("d/f"));
    assertNoAcl("d/f", ACCESS);
  }

  @Test
  void defaultAcl_doesNotConcernSymlinks() throws FsException {
    fs.mkdir("d", 0777);
    fs.setxattr("d", DEFAULT, acl(7, 6, 5, 0, 0), 0);
    fs.symlink("target", "d/s");
    assertEquals(0777, permissions("d/s"));
  }

  @Test
  void defaultAcl_ofFile_failsAccess() throws FsException {
    make("f", 0600);
    assertErrno(Errno.EACCES, () -> fs.setxattr("f", DEFAULT, acl(7, 6, 5, 7, 0), 0));
  }

  @Test
  void acl_malformed_failsInvalid() throws FsException {
    make("f", 0600);
    byte[] noMask = acl(7, 6, 5, 7, 0);
    noMask[4 + 3 * 8] = 0x08;
    byte[] badPermissions = acl(9, 6, 5, 7, 0);
    byte[] cut = new byte[7];
    cut[0] = 2;
    for (byte[] bad : new byte[][] {noMask, badPermissions, cut}) {
      assertErrno(Errno.EINVAL, () -> fs.setxattr("f", ACCESS, bad, 0));
    }
    assertEquals(0600, permissions("f"));
  }
}
