package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.item.InodeItem;

/**
 * What every filesystem here does, one rule a test. It also runs on the machine's own filesystem,
 * which proves the contract. Callers are root; each test finds an empty directory.
 */
abstract class FileSystemContract {
  private static final int REGULAR = InodeItem.S_IFREG;
  private static final int NOREPLACE = 1;
  private static final int EXCHANGE = 2;
  private static final int WHITEOUT = 4;
  private static final long OLD = 1_000_000_000_000_000_000L;

  private Posix fs;

  /** The filesystem under test, empty. */
  protected abstract Posix mount();

  @BeforeEach
  void mountFresh() {
    fs = mount();
  }

  private interface Attempt {
    void run() throws FsException;
  }

  private static void assertErrno(Errno expected, Attempt attempt) {
    assertEquals(expected, assertThrows(FsException.class, attempt::run).errno());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }

  private void make(String path, String contents) throws FsException {
    int fd = fs.open(path, Posix.O_RDWR | Posix.O_CREAT | Posix.O_TRUNC, 0644);
    fs.write(fd, 0, bytes(contents));
    fs.close(fd);
  }

  private String contents(String path) throws FsException {
    int fd = fs.open(path, Posix.O_RDONLY, 0);
    String contents = new String(fs.read(fd, 0, 1 << 16), ISO_8859_1);
    fs.close(fd);
    return contents;
  }

  private Set<String> names(String path) throws FsException {
    return fs.list(path).keySet();
  }

  @Test
  void mkdir_inDirectory_addsLinkToParent() throws FsException {
    int before = fs.stat("").nlink();
    fs.mkdir("d", 0750);
    assertEquals(before + 1, fs.stat("").nlink());
    assertEquals(2, fs.stat("d").nlink());
    assertEquals(InodeItem.S_IFDIR | 0750, fs.stat("d").mode());
  }

  @Test
  void mkdir_whereNameIsTaken_failsExists() throws FsException {
    make("f", "");
    assertErrno(Errno.EEXIST, () -> fs.mkdir("f", 0755));
  }

  @Test
  void mkdir_belowFile_failsNotDirectory() throws FsException {
    make("f", "");
    assertErrno(Errno.ENOTDIR, () -> fs.mkdir("f/d", 0755));
  }

  @Test
  void mkdir_nameOf255Bytes_works_and256Fails() throws FsException {
    fs.mkdir("n".repeat(255), 0755);
    assertErrno(Errno.ENAMETOOLONG, () -> fs.mkdir("n".repeat(256), 0755));
  }

  @Test
  void mkdir_nameOfAnyBytes_isKept() throws FsException {
    String name = "\u0001\u00ff\u0080 \n*";
    fs.mkdir(name, 0755);
    assertTrue(names("").contains(name));
  }

  @Test
  void mkdir_inSetgidDirectory_inheritsGroupAndBit() throws FsException {
    fs.mkdir("d", 0755);
    fs.chown("d", 0, 1234);
    fs.chmod("d", 02775);
    fs.mkdir("d/sub", 0755);
    make("d/file", "");
    assertEquals(1234, fs.stat("d/sub").gid());
    assertEquals(InodeItem.S_IFDIR | 02755, fs.stat("d/sub").mode());
    assertEquals(1234, fs.stat("d/file").gid());
    assertEquals(REGULAR | 0644, fs.stat("d/file").mode());
  }

  @Test
  void mknod_everyType_keepsTypeAndDevice() throws FsException {
    fs.mknod("fifo", InodeItem.S_IFIFO | 0600, 0);
    fs.mknod("socket", InodeItem.S_IFSOCK | 0600, 0);
    fs.mknod("device", InodeItem.S_IFCHR | 0600, 0x103);
    fs.mknod("file", REGULAR | 0600, 0);
    assertEquals(InodeItem.S_IFIFO | 0600, fs.stat("fifo").mode());
    assertEquals(InodeItem.S_IFSOCK | 0600, fs.stat("socket").mode());
    assertEquals(InodeItem.S_IFCHR | 0600, fs.stat("device").mode());
    assertEquals(0x103, fs.stat("device").rdev());
    assertEquals(REGULAR | 0600, fs.stat("file").mode());
    assertEquals(InodeItem.S_IFSOCK >> 12, fs.list("").get("socket"));
  }

  @Test
  void open_exclusiveOnExisting_failsExists() throws FsException {
    make("f", "");
    assertErrno(Errno.EEXIST, () -> fs.open("f", Posix.O_CREAT | Posix.O_EXCL, 0644));
  }

  @Test
  void open_truncating_emptiesFile() throws FsException {
    make("f", "contents");
    make("f", "");
    assertEquals(0, fs.stat("f").size());
  }

  @Test
  void open_directoryForWriting_failsIsDirectory() throws FsException {
    fs.mkdir("d", 0755);
    assertErrno(Errno.EISDIR, () -> fs.open("d", Posix.O_RDWR, 0));
  }

  @Test
  void open_absent_failsNoEntry() {
    assertErrno(Errno.ENOENT, () -> fs.open("f", Posix.O_RDONLY, 0));
  }

  @Test
  void symlink_keepsTarget_uninterpreted() throws FsException {
    fs.symlink("../no/../where", "s");
    assertEquals("../no/../where", fs.readlink("s"));
    assertEquals(14, fs.stat("s").size());
    assertEquals(InodeItem.S_IFLNK | 0777, fs.stat("s").mode());
  }

  @Test
  void symlink_of4095Bytes_works() throws FsException {
    String target = "t".repeat(4095);
    fs.symlink(target, "s");
    assertEquals(target, fs.readlink("s"));
  }

  @Test
  void readlink_ofFile_failsInvalid() throws FsException {
    make("f", "");
    assertErrno(Errno.EINVAL, () -> fs.readlink("f"));
  }

  @Test
  void link_givesSecondName_toSameFile() throws FsException {
    make("f", "one");
    fs.link("f", "g");
    assertEquals(2, fs.stat("f").nlink());
    assertEquals(fs.stat("f").ino(), fs.stat("g").ino());
    make("g", "two");
    assertEquals("two", contents("f"));
  }

  @Test
  void link_ofDirectory_failsNotPermitted() throws FsException {
    fs.mkdir("d", 0755);
    assertErrno(Errno.EPERM, () -> fs.link("d", "e"));
  }

  @Test
  void link_toTakenName_failsExists() throws FsException {
    make("f", "");
    make("g", "");
    assertErrno(Errno.EEXIST, () -> fs.link("f", "g"));
  }

  @Test
  void unlink_oneOfTwoNames_leavesOther() throws FsException {
    make("f", "kept");
    fs.link("f", "g");
    fs.unlink("f");
    assertErrno(Errno.ENOENT, () -> fs.stat("f"));
    assertEquals(1, fs.stat("g").nlink());
    assertEquals("kept", contents("g"));
  }

  @Test
  void unlink_directory_failsIsDirectory() throws FsException {
    fs.mkdir("d", 0755);
    assertErrno(Errno.EISDIR, () -> fs.unlink("d"));
  }

  @Test
  void unlink_openFile_staysUsableUntilClosed() throws FsException {
    make("f", "before");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.unlink("f");
    assertEquals(0, fs.stat(fd).nlink());
    fs.write(fd, 6, bytes(" and after"));
    assertEquals("before and after", new String(fs.read(fd, 0, 100), ISO_8859_1));
    fs.fsync(fd);
    fs.close(fd);
    assertEquals(Set.of(".", ".."), names(""));
  }

  @Test
  void rmdir_nonEmpty_failsNotEmpty() throws FsException {
    fs.mkdir("d", 0755);
    make("d/f", "");
    assertErrno(Errno.ENOTEMPTY, () -> fs.rmdir("d"));
  }

  @Test
  void rmdir_file_failsNotDirectory() throws FsException {
    make("f", "");
    assertErrno(Errno.ENOTDIR, () -> fs.rmdir("f"));
  }

  @Test
  void rmdir_takesLinkFromParent() throws FsException {
    int before = fs.stat("").nlink();
    fs.mkdir("d", 0755);
    fs.rmdir("d");
    assertEquals(before, fs.stat("").nlink());
  }

  @Test
  void rename_overFile_replacesIt() throws FsException {
    make("f", "new");
    make("g", "old");
    long ino = fs.stat("f").ino();
    fs.rename("f", "g", 0);
    assertEquals("new", contents("g"));
    assertEquals(ino, fs.stat("g").ino());
    assertErrno(Errno.ENOENT, () -> fs.stat("f"));
  }

  @Test
  void rename_overOpenFile_leavesItToItsHolder() throws FsException {
    make("f", "new");
    make("g", "old");
    int fd = fs.open("g", Posix.O_RDONLY, 0);
    fs.rename("f", "g", 0);
    assertEquals("old", new String(fs.read(fd, 0, 10), ISO_8859_1));
    fs.close(fd);
  }

  @Test
  void rename_directoryToOtherParent_movesLinkOfParent() throws FsException {
    fs.mkdir("a", 0755);
    fs.mkdir("b", 0755);
    fs.mkdir("a/d", 0755);
    fs.rename("a/d", "b/e", 0);
    assertEquals(2, fs.stat("a").nlink());
    assertEquals(3, fs.stat("b").nlink());
    assertEquals(fs.stat("b").ino(), fs.stat("b/e/..").ino());
  }

  @Test
  void rename_overEmptyDirectory_replacesIt() throws FsException {
    fs.mkdir("a", 0755);
    make("a/f", "");
    fs.mkdir("b", 0755);
    int links = fs.stat("").nlink();
    fs.rename("a", "b", 0);
    assertEquals(Set.of(".", "..", "f"), names("b"));
    assertEquals(links - 1, fs.stat("").nlink());
  }

  @Test
  void rename_overNonEmptyDirectory_failsNotEmpty() throws FsException {
    fs.mkdir("a", 0755);
    fs.mkdir("b", 0755);
    make("b/f", "");
    assertErrno(Errno.ENOTEMPTY, () -> fs.rename("a", "b", 0));
  }

  @Test
  void rename_fileOverDirectory_failsIsDirectory() throws FsException {
    make("f", "");
    fs.mkdir("d", 0755);
    assertErrno(Errno.EISDIR, () -> fs.rename("f", "d", 0));
  }

  @Test
  void rename_directoryOverFile_failsNotDirectory() throws FsException {
    make("f", "");
    fs.mkdir("d", 0755);
    assertErrno(Errno.ENOTDIR, () -> fs.rename("d", "f", 0));
  }

  @Test
  void rename_directoryIntoItself_failsInvalid() throws FsException {
    fs.mkdir("d", 0755);
    fs.mkdir("d/e", 0755);
    assertErrno(Errno.EINVAL, () -> fs.rename("d", "d/x", 0));
    assertErrno(Errno.EINVAL, () -> fs.rename("d", "d/e/x", 0));
  }

  @Test
  void rename_overOwnAncestor_failsNotEmpty() throws FsException {
    fs.mkdir("d", 0755);
    fs.mkdir("d/e", 0755);
    make("d/e/f", "");
    assertErrno(Errno.ENOTEMPTY, () -> fs.rename("d/e/f", "d/e", 0));
    assertErrno(Errno.ENOTEMPTY, () -> fs.rename("d/e", "d", 0));
  }

  @Test
  void rename_betweenNamesOfOneFile_doesNothing() throws FsException {
    make("f", "");
    fs.link("f", "g");
    fs.rename("f", "g", 0);
    assertEquals(Set.of(".", "..", "f", "g"), names(""));
    assertEquals(2, fs.stat("f").nlink());
  }

  @Test
  void rename_noReplaceOverExisting_failsExists() throws FsException {
    make("f", "");
    make("g", "");
    assertErrno(Errno.EEXIST, () -> fs.rename("f", "g", NOREPLACE));
    fs.rename("f", "h", NOREPLACE);
    assertEquals(Set.of(".", "..", "g", "h"), names(""));
  }

  @Test
  void rename_exchange_swapsFileAndDirectory() throws FsException {
    fs.mkdir("a", 0755);
    fs.mkdir("b", 0755);
    fs.mkdir("a/x", 0755);
    make("b/y", "file");
    fs.rename("a/x", "b/y", EXCHANGE);
    assertEquals("file", contents("a/x"));
    assertEquals(fs.stat("b").ino(), fs.stat("b/y/..").ino());
    assertEquals(2, fs.stat("a").nlink());
    assertEquals(3, fs.stat("b").nlink());
  }

  @Test
  void rename_exchangeWithAbsent_failsNoEntry() throws FsException {
    make("f", "");
    assertErrno(Errno.ENOENT, () -> fs.rename("f", "g", EXCHANGE));
  }

  @Test
  void rename_exchangeWithAncestor_failsInvalid() throws FsException {
    fs.mkdir("d", 0755);
    fs.mkdir("d/e", 0755);
    make("d/e/f", "");
    assertErrno(Errno.EINVAL, () -> fs.rename("d/e/f", "d", EXCHANGE));
    assertErrno(Errno.EINVAL, () -> fs.rename("d", "d/e/f", EXCHANGE));
  }

  @Test
  void rename_contradictoryFlags_failsInvalid() throws FsException {
    make("f", "");
    assertErrno(Errno.EINVAL, () -> fs.rename("f", "g", NOREPLACE | EXCHANGE));
  }

  @Test
  void rename_whiteout_leavesDeviceInPlace() throws FsException {
    make("f", "contents");
    fs.rename("f", "g", WHITEOUT);
    assertEquals("contents", contents("g"));
    assertEquals(InodeItem.S_IFCHR, fs.stat("f").mode() & InodeItem.S_IFMT);
    assertEquals(0, fs.stat("f").rdev());
    make("h", "");
    assertErrno(Errno.EEXIST, () -> fs.rename("g", "h", WHITEOUT | NOREPLACE));
    assertErrno(Errno.EINVAL, () -> fs.rename("g", "h", WHITEOUT | EXCHANGE));
  }

  @Test
  void write_beyondEnd_leavesHoleOfZeros() throws FsException {
    make("f", "ab");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.write(fd, 5, bytes("c"));
    assertArrayEquals(bytes("ab\0\0\0c"), fs.read(fd, 0, 100));
    fs.close(fd);
  }

  @Test
  void write_appending_goesToEnd() throws FsException {
    make("f", "one");
    int fd = fs.open("f", Posix.O_RDWR | Posix.O_APPEND, 0);
    fs.write(fd, 0, bytes(",two"));
    fs.close(fd);
    assertEquals("one,two", contents("f"));
  }

  @Test
  void write_synchronously_works() throws FsException {
    int fd = fs.open("f", Posix.O_RDWR | Posix.O_CREAT | Posix.O_SYNC, 0644);
    assertEquals(4, fs.write(fd, 0, bytes("safe")));
    fs.close(fd);
    assertEquals("safe", contents("f"));
  }

  @Test
  void write_changesContentsAndTimes() throws FsException {
    make("f", "ab");
    fs.utimens("f", OLD, OLD);
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.write(fd, 0, bytes("c"));
    fs.close(fd);
    assertNotEquals(OLD, fs.stat("f").mtime());
  }

  @Test
  void read_behindEnd_isEmpty() throws FsException {
    make("f", "ab");
    int fd = fs.open("f", Posix.O_RDONLY, 0);
    assertEquals(0, fs.read(fd, 2, 10).length);
    assertEquals(0, fs.read(fd, 1L << 40, 10).length);
    fs.close(fd);
  }

  @Test
  void read_farIntoSparseFile_isZeros() throws FsException {
    make("f", "");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.truncate(fd, 6L << 30);
    fs.write(fd, 5L << 30, bytes("x"));
    assertArrayEquals(bytes("\0x\0"), fs.read(fd, (5L << 30) - 1, 3));
    assertEquals(6L << 30, fs.stat(fd).size());
    fs.close(fd);
  }

  @Test
  void truncate_shorterThenLonger_forgetsWhatWasCut() throws FsException {
    make("f", "abcdef");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.truncate(fd, 2);
    fs.truncate(fd, 4);
    assertArrayEquals(bytes("ab\0\0"), fs.read(fd, 0, 10));
    fs.close(fd);
  }

  @Test
  void truncate_negative_failsInvalid() throws FsException {
    make("f", "");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    assertErrno(Errno.EINVAL, () -> fs.truncate(fd, -1));
    fs.close(fd);
  }

  @Test
  void fallocate_punch_zeroesWithoutChangingSize() throws FsException {
    make("f", "abcdef");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.fallocate(fd, 3, 1, 2);
    fs.fallocate(fd, 3, 5, 100);
    assertArrayEquals(bytes("a\0\0de\0"), fs.read(fd, 0, 10));
    fs.close(fd);
  }

  @Test
  void fallocate_plain_extendsFile_keepSizeDoesNot() throws FsException {
    make("f", "ab");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.fallocate(fd, 1, 0, 100);
    assertEquals(2, fs.stat(fd).size());
    fs.fallocate(fd, 0, 0, 4);
    assertArrayEquals(bytes("ab\0\0"), fs.read(fd, 0, 10));
    fs.close(fd);
  }

  @Test
  void fallocate_zeroRange_zeroesAndExtends() throws FsException {
    make("f", "abcdef");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.fallocate(fd, 0x10, 4, 4);
    assertArrayEquals(bytes("abcd\0\0\0\0"), fs.read(fd, 0, 10));
    fs.close(fd);
  }

  @Test
  void fallocate_badArguments_failInvalidOrUnsupported() throws FsException {
    make("f", "");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    assertErrno(Errno.EINVAL, () -> fs.fallocate(fd, 0, 0, 0));
    assertErrno(Errno.EINVAL, () -> fs.fallocate(fd, 0, -1, 10));
    assertErrno(Errno.EOPNOTSUPP, () -> fs.fallocate(fd, 2, 0, 10));
    fs.close(fd);
  }

  @Test
  void seek_findsDataAndHoles() throws FsException {
    make("f", "");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.truncate(fd, 1 << 20);
    fs.write(fd, 1 << 18, new byte[1 << 16]);
    long data = fs.seek(fd, 0, 3);
    assertEquals(1 << 18, data);
    assertEquals((1 << 18) + (1 << 16), fs.seek(fd, data, 4));
    assertEquals(0, fs.seek(fd, 0, 4));
    assertErrno(Errno.ENXIO, () -> fs.seek(fd, 1 << 19, 3));
    assertErrno(Errno.ENXIO, () -> fs.seek(fd, 1 << 20, 4));
    assertErrno(Errno.ENXIO, () -> fs.seek(fd, -1, 3));
    fs.close(fd);
  }

  @Test
  void seek_blockWithAnyData_isDataThroughout() throws FsException {
    make("f", "");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    fs.truncate(fd, 40_000);
    fs.write(fd, 4096 + 129, bytes("a"));
    fs.write(fd, 8192 + 100, bytes("b"));
    assertEquals(4096, fs.seek(fd, 0, 3));
    assertEquals(5000, fs.seek(fd, 5000, 3));
    assertEquals(100, fs.seek(fd, 100, 4));
    assertEquals(12288, fs.seek(fd, 4200, 4));
    assertEquals(13000, fs.seek(fd, 13000, 4));
    assertErrno(Errno.ENXIO, () -> fs.seek(fd, 12288, 3));
    fs.write(fd, 32_768, new byte[4096]);
    assertEquals(36_864, fs.seek(fd, 33_000, 4));
    fs.write(fd, 39_999, bytes("c"));
    assertEquals(40_000, fs.seek(fd, 39_000, 4));
    assertEquals(32_768, fs.seek(fd, 20_000, 3));
    fs.close(fd);
  }

  @Test
  void copyRange_copiesBytes_upToEndOfSource() throws FsException {
    make("f", "0123456789");
    make("g", "abcdefghij");
    int from = fs.open("f", Posix.O_RDONLY, 0);
    int to = fs.open("g", Posix.O_RDWR, 0);
    assertEquals(3, fs.copyRange(from, 7, to, 1, 100));
    assertEquals(0, fs.copyRange(from, 10, to, 1, 100));
    assertEquals("a789efghij", contents("g"));
    fs.close(from);
    fs.close(to);
  }

  @Test
  void copyRange_overlappingInOneFile_failsInvalid() throws FsException {
    make("f", "0123456789");
    int fd = fs.open("f", Posix.O_RDWR, 0);
    assertErrno(Errno.EINVAL, () -> fs.copyRange(fd, 0, fd, 2, 3));
    assertEquals(2, fs.copyRange(fd, 0, fd, 2, 2));
    assertEquals("0101456789", contents("f"));
    fs.close(fd);
  }

  @Test
  void chmod_changesPermissionBitsOnly() throws FsException {
    make("f", "");
    fs.chmod("f", 04711);
    assertEquals(REGULAR | 04711, fs.stat("f").mode());
  }

  @Test
  void chown_ofFile_clearsSetuidAndSetgid() throws FsException {
    make("f", "");
    fs.chmod("f", 06755);
    fs.chown("f", 10, 20);
    assertEquals(REGULAR | 0755, fs.stat("f").mode());
    assertEquals(List.of(10, 20), List.of(fs.stat("f").uid(), fs.stat("f").gid()));
  }

  @Test
  void chown_ofDirectory_keepsSetgid() throws FsException {
    fs.mkdir("d", 0755);
    fs.chmod("d", 02755);
    fs.chown("d", 10, 20);
    assertEquals(InodeItem.S_IFDIR | 02755, fs.stat("d").mode());
  }

  @Test
  void utimens_setsNanoseconds() throws FsException {
    make("f", "");
    fs.utimens("f", OLD + 1, OLD + 2);
    assertEquals(OLD + 1, fs.stat("f").atime());
    assertEquals(OLD + 2, fs.stat("f").mtime());
  }

  @Test
  void entryChanges_touchTheDirectory() throws FsException {
    fs.mkdir("d", 0755);
    List<Attempt> changes =
        List.of(
            () -> make("d/f", ""),
            () -> fs.link("d/f", "d/g"),
            () -> fs.rename("d/f", "d/h", 0),
            () -> fs.unlink("d/h"),
            () -> fs.mkdir("d/s", 0755),
            () -> fs.rmdir("d/s"));
    for (Attempt change : changes) {
      fs.utimens("d", OLD, OLD);
      change.run();
      assertNotEquals(OLD, fs.stat("d").mtime());
    }
  }

  @Test
  void xattr_roundTrips() throws FsException {
    make("f", "");
    fs.setxattr("f", "user.a", bytes("1"), 0);
    fs.setxattr("f", "trusted.b", bytes(""), 0);
    fs.setxattr("f", "user.a", bytes("22"), 0);
    assertArrayEquals(bytes("22"), fs.getxattr("f", "user.a"));
    assertArrayEquals(bytes(""), fs.getxattr("f", "trusted.b"));
    assertEquals(
        Set.of("user.a", "trusted.b"),
        Set.of(
            new String(fs.listxattr("f"), ISO_8859_1).split("\0", -1)[0],
            new String(fs.listxattr("f"), ISO_8859_1).split("\0", -1)[1]));
    fs.removexattr("f", "user.a");
    assertErrno(Errno.ENODATA, () -> fs.getxattr("f", "user.a"));
    assertErrno(Errno.ENODATA, () -> fs.removexattr("f", "user.a"));
  }

  @Test
  void xattr_createAndReplace_insistOnAbsenceAndPresence() throws FsException {
    make("f", "");
    assertErrno(Errno.ENODATA, () -> fs.setxattr("f", "user.a", bytes("1"), 2));
    fs.setxattr("f", "user.a", bytes("1"), 1);
    assertErrno(Errno.EEXIST, () -> fs.setxattr("f", "user.a", bytes("1"), 1));
    fs.setxattr("f", "user.a", bytes("2"), 2);
  }

  @Test
  void xattr_ofUnknownNamespace_failsUnsupported() throws FsException {
    make("f", "");
    assertErrno(Errno.EOPNOTSUPP, () -> fs.setxattr("f", "strange.a", bytes("1"), 0));
  }

  @Test
  void xattr_tooLargeValue_fails() throws FsException {
    make("f", "");
    assertErrno(Errno.E2BIG, () -> fs.setxattr("f", "user.a", new byte[(64 << 10) + 1], 0));
  }

  @Test
  void list_showsEveryEntryOnceWithType() throws FsException {
    fs.mkdir("d", 0755);
    for (int i = 0; i < 500; i++) {
      make("d/file" + i, "");
    }
    fs.symlink("x", "d/link");
    var listed = fs.list("d");
    assertEquals(503, listed.size());
    assertEquals(8, listed.get("file77"));
    assertEquals(10, listed.get("link"));
    assertEquals(4, listed.get(".."));
  }

  @Test
  void list_ofFile_failsNotDirectory() throws FsException {
    make("f", "");
    assertErrno(Errno.ENOTDIR, () -> fs.list("f"));
  }
}
