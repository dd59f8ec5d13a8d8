package org.salvusfs.daemon.posix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against what {@code java.nio.file} says of the same files. */
class LocalFilesTest {
  @TempDir Path directory;

  private static byte[] bytes(Path path) {
    return path.toString().getBytes(UTF_8);
  }

  @Test
  void stat_saysWhatJavaSays() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "contents");
    Files.createLink(directory.resolve("again"), file);
    Files.setLastModifiedTime(file, FileTime.from(Instant.parse("1965-04-03T02:01:00.123456789Z")));
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("nowhere"));
    for (Path path : new Path[] {file, link, directory, Path.of("/dev/null")}) {
      Map<String, Object> known = Files.readAttributes(path, "unix:*", LinkOption.NOFOLLOW_LINKS);
      LocalStat stat = LocalFiles.stat(bytes(path));
      assertEquals(known.get("mode"), stat.mode());
      assertEquals(known.get("uid"), stat.uid());
      assertEquals(known.get("gid"), stat.gid());
      assertEquals(known.get("nlink"), stat.nlink());
      assertEquals(known.get("ino"), stat.inode());
      assertEquals(known.get("size"), stat.sizeBytes());
      Instant modified = Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).toInstant();
      assertEquals(
          modified.getEpochSecond() * 1_000_000_000 + modified.getNano(), stat.mtimeNanos());
    }
    assertEquals(1 << 8 | 3, LocalFiles.stat(bytes(Path.of("/dev/null"))).rdev());
    assertArrayEquals("nowhere".getBytes(UTF_8), LocalFiles.readlink(bytes(link)));
  }

  @Test
  void list_givesEachNameOnce() throws IOException {
    var names = new TreeSet<String>();
    for (int i = 0; i < 5000; i++) {
      names.add("a rather long name of a file, to fill more than one buffer " + i);
    }
    names.add(".hidden");
    for (String name : names) {
      Files.createFile(directory.resolve(name));
    }
    var listed = LocalFiles.list(bytes(directory));
    assertEquals(names.size(), listed.size());
    assertEquals(
        names,
        listed.stream()
            .map(name -> new String(name, UTF_8))
            .collect(java.util.stream.Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void file_isReadWithItsHoles() throws IOException {
    Path path = directory.resolve("sparse");
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(10 << 20);
      file.seek(4 << 20);
      file.write("data".getBytes(UTF_8));
    }
    try (LocalFile file = LocalFiles.openFile(bytes(path))) {
      long data = file.nextData(0);
      assertTrue(data > 0 && data <= 4 << 20, "data at " + data);
      assertTrue(file.nextHole(data) > 4 << 20, "hole at " + file.nextHole(data));
      assertEquals(-1, file.nextData(8 << 20));
      var into = ByteBuffer.allocateDirect(4);
      assertEquals(4, file.read(into, 4 << 20));
      assertEquals("data", UTF_8.decode(into.flip()).toString());
      assertEquals(0, file.read(into.clear(), 10 << 20));
    }
  }

  @Test
  void xattrs_areAll() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    var view =
        Files.getFileAttributeView(
            file, java.nio.file.attribute.UserDefinedFileAttributeView.class);
    view.write("colour", ByteBuffer.wrap("red".getBytes(UTF_8)));
    view.write("empty", ByteBuffer.allocate(0));
    var xattrs = new java.util.HashMap<String, String>();
    LocalFiles.xattrs(bytes(file))
        .forEach(
            each -> xattrs.put(new String(each.name(), UTF_8), new String(each.value(), UTF_8)));
    assertEquals("red", xattrs.get("user.colour"));
    assertEquals("", xattrs.get("user.empty"));
  }

  @Test
  void whatFails_isNamed() throws IOException {
    Path absent = directory.resolve("absent");
    var e = assertThrows(LocalFileException.class, () -> LocalFiles.stat(bytes(absent)));
    assertTrue(e.isAbsence());
    assertTrue(String.valueOf(e.getMessage()).contains(absent.toString()), e.getMessage());
    Path file = Files.createFile(directory.resolve("file"));
    assertThrows(LocalFileException.class, () -> LocalFiles.list(bytes(file)));
    var loop = Files.createSymbolicLink(directory.resolve("loop"), Path.of("loop"));
    assertFalse(
        assertThrows(LocalFileException.class, () -> LocalFiles.openFile(bytes(loop))).isAbsence());
  }
}
