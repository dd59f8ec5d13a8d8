package org.salvusfs.blockstore.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.TestBytes;

/** On file systems that can do it, for elsewhere nothing but the speed would tell. */
class DirectIoTest {
  private static final int BLOCK = DiskFile.BLOCK_BYTES;

  @TempDir Path directory;
  private Path path;
  private DirectIo direct;

  @BeforeEach
  void create() throws IOException {
    String type = Files.getFileStore(directory).type();
    assumeTrue(Set.of("ext4", "xfs", "btrfs").contains(type), "not known of " + type);
    path = Files.createFile(directory.resolve("a"));
    direct = Objects.requireNonNull(DirectIo.open(path), "cannot write past the page cache");
  }

  @Test
  void write_ofWholeBlocks_writesThem() throws IOException {
    byte[] bytes = TestBytes.noise(new Random(1), 3 * BLOCK);
    var blocks = ByteBuffer.allocateDirect(4 * BLOCK).alignedSlice(BLOCK).put(0, bytes);
    assertTrue(direct.reserve(0, 10 * BLOCK));
    assertEquals(bytes.length, direct.write(blocks.limit(bytes.length), 2 * BLOCK));
    direct.close();
    byte[] expected = new byte[10 * BLOCK];
    System.arraycopy(bytes, 0, expected, 2 * BLOCK, bytes.length);
    assertEquals(ByteBuffer.wrap(expected), ByteBuffer.wrap(Files.readAllBytes(path)));
  }

  @Test
  void closed_doesNothing() {
    direct.close();
    direct.close();
    assertFalse(direct.reserve(0, BLOCK));
    assertEquals(0, direct.write(ByteBuffer.allocateDirect(2 * BLOCK).alignedSlice(BLOCK), 0));
  }

  @Test
  void open_ofNothing_isNull() {
    assertEquals(null, DirectIo.open(directory.resolve("b")));
    direct.close();
  }
}
