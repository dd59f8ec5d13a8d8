package org.salvusfs.daemon.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Errno;

/**
 * What POSIX and Linux promise about names and directories, checked through system calls: holds for
 * every mount of ours and for ext4 alike. Needs root. {@link MountLinkContract}, {@link
 * MountAttributeContract} and {@link MountDataContract} go with it.
 */
public abstract class MountContract extends MountTests {
  @Test
  void open_missing_failsNoEntry() {
    assertErrno(Errno.ENOENT, () -> Posix.open(at("missing"), Posix.O_RDONLY, 0));
  }

  @Test
  void create_exclusiveOverExisting_failsExists() throws Exception {
    Path file = file("a", "");
    int flags = Posix.O_CREAT | Posix.O_EXCL | Posix.O_WRONLY;
    assertErrno(Errno.EEXIST, () -> Posix.open(file, flags, 0644));
  }

  @Test
  void create_afterFailedLookup_isFound() throws Exception {
    assertErrno(Errno.ENOENT, () -> Posix.stat(at("a")));
    file("a", "1");
    assertEquals(1, Posix.stat(at("a")).size());
  }

  @Test
  void create_inRemovedDirectory_failsNoEntry() throws Exception {
    dir("d");
    Shell.Result result = Shell.attempt(at("d"), "rmdir ../d && touch x");
    assertNotEquals(0, result.exitCode());
    assertTrue(result.output().contains("No such file"), result.output());
  }

  @Test
  void open_directoryForWriting_failsIsDirectory() throws Exception {
    Path d = dir("d");
    assertErrno(Errno.EISDIR, () -> Posix.open(d, Posix.O_WRONLY, 0));
  }

  @Test
  void lookup_belowFile_failsNotDirectory() throws Exception {
    file("f", "");
    assertErrno(Errno.ENOTDIR, () -> Posix.stat(at("f").resolve("x")));
  }

  @Test
  void name_of255Bytes_works() throws Exception {
    String name = "n".repeat(255);
    file(name, "x");
    assertEquals(Set.of(name), names(directory()));
    Posix.unlink(at(name));
    assertEquals(Set.of(), names(directory()));
  }

  @Test
  void name_of256Bytes_failsTooLong() {
    String name = "n".repeat(256);
    assertErrno(Errno.ENAMETOOLONG, () -> Posix.open(at(name), Posix.O_CREAT | Posix.O_RDWR, 0644));
    assertErrno(Errno.ENAMETOOLONG, () -> Posix.mkdir(at(name), 0755));
    assertErrno(Errno.ENAMETOOLONG, () -> Posix.stat(at(name)));
  }

  @Test
  void name_thatIsNoUtf8_isKeptByteByByte() throws Exception {
    byte[] path = (directory() + "/x").getBytes(StandardCharsets.UTF_8);
    path[path.length - 1] = (byte) 0xff;
    Posix.close(Posix.open(path, Posix.O_CREAT | Posix.O_RDWR, 0644));
    assertEquals(0, Posix.stat(path).size());
    assertEquals("377\n", Shell.run(directory(), "ls | head -c1 | od -An -to1 | tr -d ' '"));
    Posix.unlink(path);
  }

  @Test
  void name_inOtherCase_isAnotherName() throws Exception {
    file("A", "upper");
    file("a", "lower");
    assertEquals("upper", Files.readString(at("A")));
    assertEquals("lower", Files.readString(at("a")));
  }

  @Test
  void path_deep_works() throws Exception {
    Path deep = directory();
    for (int i = 0; i < 60; i++) {
      deep = deep.resolve("level" + i);
      Posix.mkdir(deep, 0755);
    }
    Files.writeString(deep.resolve("f"), "deep");
    assertEquals("deep", Files.readString(deep.resolve("f")));
    assertEquals("1\n", Shell.run(directory(), "find . -type f | wc -l"));
  }

  @Test
  void mkdir_existing_failsExists() throws Exception {
    dir("d");
    assertErrno(Errno.EEXIST, () -> Posix.mkdir(at("d"), 0755));
    file("f", "");
    assertErrno(Errno.EEXIST, () -> Posix.mkdir(at("f"), 0755));
  }

  @Test
  void mkdir_belowMissing_failsNoEntry() {
    assertErrno(Errno.ENOENT, () -> Posix.mkdir(at("missing").resolve("d"), 0755));
  }

  @Test
  void mkdir_subdirectory_countsLinks() throws Exception {
    Path d = dir("d");
    assertEquals(2, Posix.stat(d).nlink());
    dir("d/one");
    dir("d/two");
    assertEquals(4, Posix.stat(d).nlink());
    Posix.rmdir(at("d/one"));
    assertEquals(3, Posix.stat(d).nlink());
  }

  @Test
  void rmdir_notEmpty_failsNotEmpty() throws Exception {
    Path d = dir("d");
    file("d/f", "");
    assertErrno(Errno.ENOTEMPTY, () -> Posix.rmdir(d));
    Posix.unlink(at("d/f"));
    Posix.rmdir(d);
    assertErrno(Errno.ENOENT, () -> Posix.stat(d));
  }

  @Test
  void rmdir_file_failsNotDirectory() throws Exception {
    Path f = file("f", "");
    assertErrno(Errno.ENOTDIR, () -> Posix.rmdir(f));
  }

  @Test
  void unlink_directory_failsIsDirectory() throws Exception {
    Path d = dir("d");
    assertErrno(Errno.EISDIR, () -> Posix.unlink(d));
  }

  @Test
  void unlink_missing_failsNoEntry() {
    assertErrno(Errno.ENOENT, () -> Posix.unlink(at("missing")));
  }

  @Test
  void readdir_whileEntriesGo_offersEveryStayingEntryOnce() throws Exception {
    int count = 3000;
    Path d = dir("d");
    for (int i = 0; i < count; i++) {
      file("d/f" + i, "");
    }
    var seen = new HashSet<String>();
    try (var stream = Files.newDirectoryStream(d)) {
      int i = 0;
      for (Path path : stream) {
        assertTrue(seen.add(path.getFileName().toString()), path + " twice");
        if (i % 2 == 0 && i < count) {
          Files.deleteIfExists(at("d/f" + i));
          file("d/new" + i, "");
        }
        i++;
      }
    }
    for (int i = 1; i < count; i += 2) {
      assertTrue(seen.contains("f" + i), "f" + i + " is missing");
    }
  }

  @Test
  void readdir_dotEntries_areDirectoryAndParent() throws Exception {
    Path d = dir("d");
    dir("d/e");
    assertEquals(
        Posix.stat(d).ino() + " ..\n",
        Shell.run(at("d/e"), "ls -ai | awk '$2 == \"..\" { print $1, $2 }'"));
    assertEquals(Posix.stat(at("d/e")).ino() + "\n", Shell.run(at("d/e"), "stat -c %i ."));
  }

  @Test
  void removeTree_ofManyFiles_leavesNothing() throws Exception {
    Shell.run(
        directory(),
        "mkdir t; cd t; for d in 1 2 3; do mkdir $d; (cd $d; seq 300 | xargs touch); done");
    Shell.run(directory(), "rm -r t");
    assertEquals(Set.of(), names(directory()));
  }
}
