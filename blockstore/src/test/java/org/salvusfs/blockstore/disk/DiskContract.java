package org.salvusfs.blockstore.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every disk does. */
abstract class DiskContract {
  /** An empty disk. */
  abstract Disk disk() throws IOException;

  @Test
  void list_afterCreatesRenamesDeletes_namesWhatIsLeftInOrder() throws IOException {
    Disk disk = disk();
    for (String name : List.of("c", "a", "b", "d")) {
      disk.create(name).close();
    }
    disk.rename("d", "0");
    disk.delete("b");
    disk.delete("never there");
    disk.syncDirectory();
    assertEquals(List.of("0", "a", "c"), disk.list());
  }

  @Test
  void create_existingName_fails() throws IOException {
    Disk disk = disk();
    disk.create("a").close();
    assertThrows(IOException.class, () -> disk.create("a"));
  }

  @Test
  void open_missingName_fails() throws IOException {
    Disk disk = disk();
    assertThrows(IOException.class, () -> disk.open("a"));
    assertThrows(IOException.class, () -> disk.rename("a", "b"));
  }

  @Test
  void rename_overExisting_replacesIt() throws IOException {
    Disk disk = disk();
    write(disk.create("new"), 0, "new");
    write(disk.create("old"), 0, "older");
    disk.rename("new", "old");
    assertEquals("new", read(disk, "old", 0, 10));
    assertEquals(List.of("old"), disk.list());
  }

  @Test
  void write_beyondTheEnd_leavesZeros() throws IOException {
    Disk disk = disk();
    write(disk.create("a"), 3, "abc");
    assertEquals("\0\0\0abc", read(disk, "a", 0, 10));
  }

  @Test
  void read_acrossTheEnd_givesWhatThereIs() throws IOException {
    Disk disk = disk();
    write(disk.create("a"), 0, "abcdef");
    assertEquals("ef", read(disk, "a", 4, 10));
    assertEquals("", read(disk, "a", 6, 10));
    assertEquals("", read(disk, "a", 100, 10));
    assertEquals("bcd", read(disk, "a", 1, 3));
  }

  @Test
  void truncate_thenExtend_readsZeros() throws IOException {
    Disk disk = disk();
    try (DiskFile file = disk.create("a")) {
      file.write(bytes("abcdef"), 0);
      file.truncate(2);
      assertEquals(2, file.size());
      file.write(bytes("x"), 4);
      file.sync();
      assertEquals(5, file.size());
    }
    assertEquals("ab\0\0x", read(disk, "a", 0, 10));
  }

  @Test
  void use_afterClose_fails() throws IOException {
    DiskFile file = disk().create("a");
    file.close();
    assertThrows(IOException.class, file::size);
    assertThrows(IOException.class, () -> file.write(bytes("a"), 0));
  }

  @Test
  void openFile_afterRename_isTheSameFile() throws IOException {
    Disk disk = disk();
    try (DiskFile file = disk.create("a")) {
      disk.rename("a", "b");
      file.write(bytes("abc"), 0);
      file.sync();
    }
    assertEquals("abc", read(disk, "b", 0, 10));
  }

  static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  static void write(DiskFile file, long position, String text) throws IOException {
    try (file) {
      file.write(bytes(text), position);
      file.sync();
    }
  }

  static String read(Disk disk, String name, long position, int count) throws IOException {
    try (DiskFile file = disk.open(name)) {
      ByteBuffer into = ByteBuffer.allocate(count);
      int read = file.read(into, position);
      assertEquals(read, into.position());
      return UTF_8.decode(into.flip()).toString();
    }
  }
}
