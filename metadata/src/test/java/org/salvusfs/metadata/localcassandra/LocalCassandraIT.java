package org.salvusfs.metadata.localcassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.metadata.localcassandra.LocalCassandra.Options;

class LocalCassandraIT {
  @TempDir Path temp;

  private Options options(@Nullable Path libDir, int cqlPort, long heapBytes) {
    var o = CassandraExtension.options(temp.resolve("data dir"));
    return new Options(
        libDir == null ? o.libDir() : libDir,
        o.java17Home(),
        o.dataDir(),
        cqlPort,
        0,
        heapBytes,
        Duration.ofMinutes(2),
        Duration.ofSeconds(20));
  }

  @Test
  void start_whileAServerRunsOnTheData_adoptsIt() throws Exception {
    var options = options(null, 0, 256L << 20);
    var first = LocalCassandra.start(options);
    try {
      assertTrue(first.answers());
      var second = LocalCassandra.start(options);
      assertEquals(first.pid(), second.pid());
      assertEquals(first.contactPoint(), second.contactPoint());

      try (var third = LocalCassandra.start(options(null, 0, 300L << 20))) {
        assertNotEquals(first.pid(), third.pid(), "other options: started anew");
        first.onExit().join();
        assertEquals(first.contactPoint(), third.contactPoint());
        assertTrue(third.answers());
      }
      assertFalse(second.answers());
    } finally {
      first.close();
    }
  }

  @Test
  void start_portTaken_saysSoAndChangesNothing() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      var options = options(null, taken.getLocalPort(), 256L << 20);
      var e = assertThrows(ServerStartException.class, () -> LocalCassandra.start(options));
      assertTrue(e.toString().contains("port " + taken.getLocalPort() + " is taken"));
      assertFalse(Files.exists(options.dataDir()));
    }
  }

  @Test
  void start_noJars_saysHowToGetThem() {
    var options = options(temp.resolve("nowhere"), 0, 256L << 20);
    var e = assertThrows(ServerStartException.class, () -> LocalCassandra.start(options));
    assertTrue(e.toString().contains("generate-resources"));
    assertFalse(Files.exists(options.dataDir()));
  }

  @Test
  void start_serverEnds_quotesItsLastWords() throws Exception {
    var options = options(temp, 0, 256L << 20);
    var e = assertThrows(ServerStartException.class, () -> LocalCassandra.start(options));
    assertTrue(e.toString().contains("CassandraDaemon"), e.toString());
  }
}
