package org.salvusfs.blockstore.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalDiskTest extends DiskContract {
  @TempDir Path directory;

  @Override
  Disk disk() throws IOException {
    return LocalDisk.open(directory.resolve("deep/er"));
  }

  @Test
  void list_withSubDirectory_leavesItOut() throws IOException {
    Disk disk = disk();
    Files.createDirectory(directory.resolve("deep/er/sub"));
    assertEquals(List.of(), disk.list());
  }

  @Test
  void open_onAFile_fails() throws IOException {
    Files.writeString(directory.resolve("file"), "");
    assertThrows(IOException.class, () -> LocalDisk.open(directory.resolve("file")));
  }

  @Test
  void anyName_withSeparator_isRefused() throws IOException {
    Disk disk = disk();
    for (String name : List.of("a/b", "..", ".", "", "/etc/passwd")) {
      assertThrows(IOException.class, () -> disk.create(name), name);
      assertThrows(IOException.class, () -> disk.delete(name), name);
    }
  }

  @Test
  void operations_onInterruptedThread_succeedAndKeepTheInterrupt() throws IOException {
    Disk disk = disk();
    try (DiskFile file = disk.create("a")) {
      Thread.currentThread().interrupt();
      file.write(bytes("abc"), 0);
      file.sync();
      assertTrue(Thread.interrupted());
      Thread.currentThread().interrupt();
      assertEquals(3, file.size());
      assertTrue(Thread.interrupted());
    }
    assertEquals("abc", read(disk, "a", 0, 10));
  }
}
