package org.salvusfs.daemon.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Errno;

/**
 * What POSIX and Linux promise about hard and symbolic links and about rename; goes with {@link
 * MountContract}.
 */
public abstract class MountLinkContract extends MountTests {
  @Test
  void link_secondName_sharesInode() throws Exception {
    Path a = file("a", "text");
    Posix.link(a, at("b"));
    assertEquals(2, Posix.stat(a).nlink());
    assertEquals(Posix.stat(a).ino(), Posix.stat(at("b")).ino());
    Posix.unlink(a);
    assertEquals(1, Posix.stat(at("b")).nlink());
    assertEquals("text", Files.readString(at("b")));
  }

  @Test
  void link_overExisting_failsExists() throws Exception {
    Path a = file("a", "");
    Path b = file("b", "");
    assertErrno(Errno.EEXIST, () -> Posix.link(a, b));
  }

  @Test
  void link_directory_failsNotPermitted() throws Exception {
    Path d = dir("d");
    assertErrno(Errno.EPERM, () -> Posix.link(d, at("e")));
  }

  @Test
  void symlink_target_isKeptVerbatim() throws Exception {
    String target = "../no where/" + "x".repeat(3000);
    Posix.symlink(target, at("s"));
    assertEquals(target, Files.readSymbolicLink(at("s")).toString());
    assertEquals(target.length(), Posix.stat(at("s")).size());
    assertEquals(0120000, Posix.stat(at("s")).mode() & TYPE);
  }

  @Test
  void symlink_toFile_isFollowed() throws Exception {
    file("f", "text");
    Posix.symlink("f", at("s"));
    assertEquals("text", Files.readString(at("s")));
  }

  @Test
  void symlink_loop_failsLoop() throws Exception {
    Posix.symlink("b", at("a"));
    Posix.symlink("a", at("b"));
    assertErrno(Errno.ELOOP, () -> Posix.open(at("a"), Posix.O_RDONLY, 0));
  }

  @Test
  void symlink_overExisting_failsExists() throws Exception {
    Path f = file("f", "");
    assertErrno(Errno.EEXIST, () -> Posix.symlink("x", f));
  }

  @Test
  void rename_overFile_replacesIt() throws Exception {
    Path a = file("a", "new");
    Path b = file("b", "old");
    long ino = Posix.stat(a).ino();
    Posix.rename(a, b);
    assertEquals("new", Files.readString(b));
    assertEquals(ino, Posix.stat(b).ino());
    assertErrno(Errno.ENOENT, () -> Posix.stat(a));
  }

  @Test
  void rename_missing_failsNoEntry() {
    assertErrno(Errno.ENOENT, () -> Posix.rename(at("missing"), at("b")));
  }

  @Test
  void rename_directoryOverEmptyDirectory_replacesIt() throws Exception {
    Path a = dir("a");
    file("a/f", "");
    Path b = dir("b");
    Posix.rename(a, b);
    assertEquals(Set.of("f"), names(b));
  }

  @Test
  void rename_overNonEmptyDirectory_failsNotEmpty() throws Exception {
    Path a = dir("a");
    Path b = dir("b");
    file("b/f", "");
    assertErrno(Errno.ENOTEMPTY, () -> Posix.rename(a, b));
  }

  @Test
  void rename_fileOverDirectory_failsIsDirectory() throws Exception {
    Path f = file("f", "");
    Path d = dir("d");
    assertErrno(Errno.EISDIR, () -> Posix.rename(f, d));
  }

  @Test
  void rename_directoryOverFile_failsNotDirectory() throws Exception {
    Path d = dir("d");
    Path f = file("f", "");
    assertErrno(Errno.ENOTDIR, () -> Posix.rename(d, f));
  }

  @Test
  void rename_intoOwnDescendant_failsInvalid() throws Exception {
    Path d = dir("d");
    dir("d/e");
    assertErrno(Errno.EINVAL, () -> Posix.rename(d, at("d/e/d")));
  }

  @Test
  void rename_ontoOtherNameOfSameInode_changesNothing() throws Exception {
    Path a = file("a", "x");
    Posix.link(a, at("b"));
    Posix.rename(a, at("b"));
    assertEquals(Set.of("a", "b"), names(directory()));
    assertEquals(2, Posix.stat(a).nlink());
  }

  @Test
  void rename_directoryToOtherParent_movesItsParentLink() throws Exception {
    Path one = dir("one");
    Path two = dir("two");
    dir("one/d");
    Posix.rename(at("one/d"), at("two/d"));
    assertEquals(2, Posix.stat(one).nlink());
    assertEquals(3, Posix.stat(two).nlink());
    assertEquals(Posix.stat(two).ino() + "\n", Shell.run(at("two/d"), "stat -c %i .."));
  }

  @Test
  void rename_noReplaceOverExisting_failsExists() throws Exception {
    needs(MountCapability.RENAME_FLAGS);
    Path a = file("a", "a");
    Path b = file("b", "b");
    assertErrno(Errno.EEXIST, () -> Posix.rename(a, b, Posix.RENAME_NOREPLACE));
    Posix.rename(a, at("c"), Posix.RENAME_NOREPLACE);
    assertEquals("a", Files.readString(at("c")));
  }

  @Test
  void rename_exchange_swapsFileAndDirectory() throws Exception {
    needs(MountCapability.RENAME_FLAGS);
    dir("p");
    Path d = dir("p/d");
    file("p/d/inside", "");
    Path f = file("f", "text");
    Posix.rename(d, f, Posix.RENAME_EXCHANGE);
    assertEquals("text", Files.readString(d));
    assertEquals(Set.of("inside"), names(f));
    assertEquals(2, Posix.stat(at("p")).nlink());
  }

  @Test
  void rename_exchangeWithMissing_failsNoEntry() throws Exception {
    needs(MountCapability.RENAME_FLAGS);
    Path a = file("a", "");
    assertErrno(Errno.ENOENT, () -> Posix.rename(a, at("b"), Posix.RENAME_EXCHANGE));
  }
}
