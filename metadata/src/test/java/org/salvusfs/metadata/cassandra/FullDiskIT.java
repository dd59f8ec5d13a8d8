package org.salvusfs.metadata.cassandra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException.Unavailable;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;
import org.salvusfs.metadata.localcassandra.ServerStartException;

/**
 * Promise 10: a full disk under Cassandra harms nothing that was acknowledged. Needs the right to
 * mount.
 */
@Tag("long")
@Tag("promise")
@Tag("promise-10")
class FullDiskIT {
  private static final int BALLAST_BYTES = 60 << 20;

  @TempDir Path disk;

  @BeforeEach
  void mount() throws Exception {
    assumeTrue(
        new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs", disk.toString())
                .start()
                .waitFor()
            == 0);
  }

  @AfterEach
  void unmount() throws Exception {
    new ProcessBuilder("umount", disk.toString()).start().waitFor();
  }

  @RepeatedTest(5)
  void fullDisk_whileNodesAreWritten_losesNothing(RepetitionInfo repetition) throws Exception {
    var random = new Random(repetition.getCurrentRepetition());
    var options = CassandraExtension.options(disk.resolve("cassandra"));
    var server = LocalCassandra.start(options);
    var impatient =
        CassandraMetadata.Options.single(
                server.contactPoint(), LocalCassandra.DATA_CENTER, "full_disk")
            .withPatience(Duration.ofSeconds(3));
    try (var metadata =
        CassandraMetadata.open(impatient, System::nanoTime, Thread::sleep, UUID::randomUUID)) {
      var ballast = Files.write(disk.resolve("ballast"), new byte[BALLAST_BYTES]);
      var stored = new HashMap<BlockId, byte[]>();
      assertThrows(Unavailable.class, () -> storeForEver(metadata, random, stored));
      server.onExit().join();
      fill(disk.resolve("filler"));
      assertThrows(ServerStartException.class, () -> LocalCassandra.start(options).close());

      Files.delete(ballast);
      Files.delete(disk.resolve("filler"));
      server = LocalCassandra.start(options);
      for (var node : stored.entrySet()) {
        assertArrayEquals(node.getValue(), metadata.nodes().get(node.getKey()));
      }
      assertTrue(stored.size() > 1000);
      var last = new byte[] {1, 2, 3};
      metadata.nodes().put(Map.of(new BlockId(1, 2, 3, 4), last));
      assertArrayEquals(last, metadata.nodes().get(new BlockId(1, 2, 3, 4)));
    } finally {
      server.close();
    }
  }

  private static void storeForEver(
      CassandraMetadata metadata, Random random, Map<BlockId, byte[]> stored) throws IOException {
    while (true) {
      var some = new HashMap<BlockId, byte[]>();
      for (int i = 0; i < 100; i++) {
        var node = new byte[8192];
        random.nextBytes(node);
        some.put(new BlockId(random.nextLong(), random.nextLong(), 0, 0), node);
      }
      metadata.nodes().put(some);
      stored.putAll(some);
    }
  }

  private static void fill(Path file) throws IOException {
    try (var out = Files.newOutputStream(file)) {
      while (true) {
        out.write(new byte[4096]);
      }
    } catch (IOException noSpaceLeft) {
      assertTrue(Files.exists(file));
    }
  }
}
