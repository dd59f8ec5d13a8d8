package org.salvusfs.metadata.cassandra;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.LogRow;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

/** What Cassandra acknowledged survives its being killed; callers wait and go on. */
class KillIT {
  private static final long SEED = 42;

  @TempDir Path dataDir;

  private final Random random = new Random(SEED);
  private final ProjectId project = new ProjectId(UUID.randomUUID());
  private final Fence fence = new Fence(project, 1, UUID.randomUUID(), UUID.randomUUID());

  /** One permit for each acknowledged append. */
  private final Semaphore appends = new Semaphore(0);

  private final AtomicLong appended = new AtomicLong();
  private final AtomicLong committed = new AtomicLong(1);
  private final Map<BlockId, byte[]> stored = new ConcurrentHashMap<>();
  private final AtomicBoolean isStopping = new AtomicBoolean();

  private static BlockId id(long n) {
    return new BlockId(n, 1, 2, 3);
  }

  @Test
  void kill_whileThreeWrite_losesNothingAcknowledged() throws Exception {
    killRepeatedly(1);
  }

  @Test
  @Tag("long")
  void kill_manyTimes_losesNothingAcknowledged() throws Exception {
    killRepeatedly(30);
  }

  private void killRepeatedly(int kills) throws Exception {
    var options = CassandraExtension.options(dataDir);
    var server = LocalCassandra.start(options);
    try (var metadata = Keyspaces.open(server, "kill")) {
      var heads = metadata.heads();
      assertTrue(heads.create(project, id(1), 1));
      var seen = heads.read(project);
      assertNotNull(seen);
      assertTrue(heads.acquire(seen, fence));
      for (int kill = 0; kill < kills; kill++) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
          isStopping.set(false);
          var done =
              List.of(
                  threads.submit(() -> append(metadata)),
                  threads.submit(() -> commit(metadata)),
                  threads.submit(() -> store(metadata)));
          appends.acquire(20 + random.nextInt(100));
          ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
          server.onExit().join();
          server = LocalCassandra.start(options);
          isStopping.set(true);
          for (var future : done) {
            future.get();
          }
        }
        appends.drainPermits();
        check(metadata);
      }
    } finally {
      server.close();
    }
  }

  private long append(CassandraMetadata metadata) throws IOException {
    while (!isStopping.get()) {
      long seq = appended.get() + 1;
      metadata.heads().append(fence, List.of(new LogRow(Long.MAX_VALUE, seq, new byte[300])));
      appended.set(seq);
      appends.release();
    }
    return appended.get();
  }

  private long commit(CassandraMetadata metadata) throws IOException {
    while (!isStopping.get()) {
      long txg = committed.get() + 1;
      metadata.heads().commit(fence, id(txg), txg);
      committed.set(txg);
    }
    return committed.get();
  }

  private long store(CassandraMetadata metadata) throws IOException {
    var source = new Random(SEED + stored.size());
    while (!isStopping.get()) {
      var some = new HashMap<BlockId, byte[]>();
      for (int i = 0; i < 20; i++) {
        var node = new byte[1000 + source.nextInt(9000)];
        source.nextBytes(node);
        some.put(new BlockId(source.nextLong(), source.nextLong(), 0, 0), node);
      }
      metadata.nodes().put(some);
      stored.putAll(some);
    }
    return stored.size();
  }

  private void check(CassandraMetadata metadata) throws IOException {
    var head = metadata.heads().read(project);
    assertNotNull(head);
    assertEquals(committed.get(), head.txg());
    assertEquals(id(committed.get()), head.root());
    var rows = metadata.heads().log(project, 0);
    assertEquals(appended.get(), rows.size());
    for (int i = 0; i < rows.size(); i++) {
      assertEquals(i + 1, rows.get(i).seq());
    }
    for (var node : stored.entrySet()) {
      assertArrayEquals(node.getValue(), metadata.nodes().get(node.getKey()));
    }
  }

  /** Cassandra hands out what is on the disk; that it is damaged is for the codec to find. */
  @Test
  void bitFlip_inTheTableFile_isReadAsItIs() throws Exception {
    var options = CassandraExtension.options(dataDir);
    var node =
        "a node, sealed and recognisable on the disk".repeat(50).getBytes(StandardCharsets.UTF_8);
    try (var server = LocalCassandra.start(options);
        var metadata = Keyspaces.open(server, "bitflip")) {
      metadata.nodes().put(Map.of(id(1), node));
    }
    node[1000] ^= 4;
    assertEquals(1, flip(dataDir.resolve("store/data/bitflip"), node.length, 1000));
    try (var server = LocalCassandra.start(options);
        var metadata = Keyspaces.open(server, "bitflip")) {
      assertArrayEquals(node, metadata.nodes().get(id(1)));
    }
  }

  /** Flips bit 2 of a byte of the node in the files under a directory; returns in how many. */
  private static int flip(Path dir, int length, int at) throws IOException {
    int flipped = 0;
    try (var paths = Files.walk(dir)) {
      for (var path : paths.filter(p -> p.toString().endsWith("-Data.db")).toList()) {
        var bytes = Files.readAllBytes(path);
        int start = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("a node, sealed");
        if (start >= 0 && start + length <= bytes.length) {
          bytes[start + at] ^= 4;
          Files.write(path, bytes);
          flipped++;
        }
      }
    }
    return flipped;
  }
}
