package org.salvusfs.blockstore.index;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksIndexTest extends ChunkIndexContract {
  @TempDir Path directory;

  @Override
  ChunkIndex open() throws IOException {
    return RocksIndex.open(directory.resolve("index"));
  }

  @Test
  void open_whileOpen_failsAndHarmsNothing() throws IOException {
    try (ChunkIndex index = open()) {
      index.put(Map.of(id(1), new Location(1, 64, 10)));
      assertThrows(IOException.class, this::open);
      assertNotNull(index.get(id(1)));
    }
    try (ChunkIndex index = open()) {
      assertNotNull(index.get(id(1)));
    }
  }

  @Test
  void open_ofDamagedDirectory_startsEmpty() throws IOException {
    for (String part : List.of("CURRENT", "MANIFEST", ".sst", "DAMAGED")) {
      try (ChunkIndex index = open()) {
        index.put(Map.of(id(1), new Location(1, 64, 10)));
      }
      damage(part);
      try (ChunkIndex index = open()) {
        assertNull(index.get(id(1)), part);
        assertEquals(0, index.highestPack(), part);
      }
    }
  }

  @Test
  void get_ofDamagedTable_failsAndTheNextOpenStartsEmpty() throws IOException {
    try (ChunkIndex index = open()) {
      for (int i = 0; i < 1000; i++) {
        index.put(Map.of(id(i), new Location(1, 64, 10)));
      }
    }
    for (Path table : files(".sst")) {
      byte[] bytes = Files.readAllBytes(table);
      for (int i = 100; i < bytes.length / 2; i++) {
        bytes[i] ^= 0x55;
      }
      Files.write(table, bytes);
    }
    try (ChunkIndex index = open()) {
      assertThrows(
          IOException.class,
          () -> {
            for (int i = 0; i < 1000; i++) {
              index.get(id(i));
            }
          });
    }
    try (ChunkIndex index = open()) {
      assertNull(index.get(id(1)));
      index.put(Map.of(id(1), new Location(1, 64, 10)));
    }
    try (ChunkIndex index = open()) {
      assertNotNull(index.get(id(1)));
    }
  }

  @Test
  void use_afterClose_fails() throws IOException {
    ChunkIndex index = open();
    index.close();
    assertThrows(IOException.class, () -> index.get(id(1)));
    index.close();
  }

  private void damage(String part) throws IOException {
    List<Path> files = files(part);
    if (files.isEmpty()) {
      Files.createFile(directory.resolve("index").resolve(part));
    }
    for (Path file : files) {
      Files.write(file, new byte[] {1, 2, 3});
    }
  }

  private List<Path> files(String part) throws IOException {
    try (var files = Files.list(directory.resolve("index"))) {
      return files.filter(file -> file.getFileName().toString().contains(part)).toList();
    }
  }
}
