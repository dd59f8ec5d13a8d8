package org.salvusfs.blockstore.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestBytes;

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
  void reserve_behindTheEnd_leavesZerosAndRoom() throws IOException {
    Disk disk = disk();
    try (DiskFile file = disk.create("a")) {
      file.write(bytes("ab"), 0);
      assumeTrue(file.reserve(1, 5), "this file system reserves nothing");
      assertEquals(6, file.size());
      assertTrue(file.reserve(0, 3));
      assertEquals(6, file.size());
      file.write(bytes("x"), 4);
      file.sync();
    }
    assertEquals("ab\0\0x\0", read(disk, "a", 0, 10));
  }

  /** From anywhere in memory to anywhere in the file; a reader sees it at once. */
  @Test
  void writeDirect_anywhere_isAsWrite() throws IOException {
    Disk disk = disk();
    var random = new Random(1);
    byte[] expected = new byte[1 << 20];
    var memory = ByteBuffer.allocateDirect(expected.length + 4096).alignedSlice(4096);
    try (DiskFile file = disk.create("a");
        DiskFile reader = disk.open("a")) {
      file.reserve(0, expected.length);
      for (int round = 0; round < 100; round++) {
        int start = random.nextInt(expected.length);
        int length = 1 + random.nextInt(expected.length - start);
        byte[] bytes = TestBytes.noise(random, length);
        System.arraycopy(bytes, 0, expected, start, length);
        int at = round % 5 == 0 ? random.nextInt(100) : start % DiskFile.BLOCK_BYTES;
        boolean isDirect = round % 5 != 1;
        file.writeDirect(
            isDirect ? memory.put(at, bytes).slice(at, length) : ByteBuffer.wrap(bytes), start);
        var all = ByteBuffer.allocate(expected.length);
        reader.read(all, 0);
        assertEquals(ByteBuffer.wrap(expected).limit(all.position()), all.flip());
      }
      file.sync();
    }
  }

  @Test
  void use_afterClose_fails() throws IOException {
    DiskFile file = disk().create("a");
    file.close();
    assertThrows(IOException.class, file::size);
    assertThrows(IOException.class, () -> file.write(bytes("a"), 0));
    assertThrows(IOException.class, () -> file.writeDirect(ByteBuffer.allocate(1 << 20), 0));
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
