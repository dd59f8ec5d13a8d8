package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.salvusfs.metadata.localcassandra.LocalCassandra;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the Cassandra of a data directory running: starts it, and again whenever it ended without
 * being asked. It keeps its port, so that the driver finds it by itself. Thread-safe.
 */
final class CassandraKeeper implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(CassandraKeeper.class);
  private static final Duration BETWEEN_ATTEMPTS = Duration.ofSeconds(1);
  private static final int END_SECONDS_MAX = 60;

  private final LocalCassandra.Options options;
  private final ExecutorService restarts =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().daemon().name("cassandra-keeper").factory());
  private volatile LocalCassandra server;

  private CassandraKeeper(LocalCassandra.Options options, LocalCassandra server) {
    this.options = options;
    this.server = server;
  }

  /** Starts the server; it answers on return. */
  static CassandraKeeper start(LocalCassandra.Options options)
      throws IOException, InterruptedException {
    var keeper = new CassandraKeeper(options, LocalCassandra.start(options));
    keeper.watch(keeper.server);
    return keeper;
  }

  private void watch(LocalCassandra watched) {
    // Never completes exceptionally: a process ends one way or the other.
    var _ = watched.onExit().thenRun(this::ended);
  }

  private void ended() {
    try {
      restarts.execute(this::restart);
    } catch (RejectedExecutionException closing) {
      log.debug("Cassandra ended, as it was asked to", closing);
    }
  }

  private void restart() {
    log.warn("Cassandra (pid {}) ended without being asked; starting it again", server.pid());
    try {
      while (!restarts.isShutdown()) {
        try {
          server = LocalCassandra.start(options);
          watch(server);
          return;
        } catch (IOException e) {
          log.error("Cassandra does not start; trying again", e);
          Thread.sleep(BETWEEN_ATTEMPTS);
        }
      }
    } catch (InterruptedException closing) {
      log.debug("a start of Cassandra was given up", closing);
    }
  }

  long pid() {
    return server.pid();
  }

  InetSocketAddress contactPoint() {
    return server.contactPoint();
  }

  /** Ends the server for good. */
  @Override
  public void close() throws InterruptedException {
    leave();
    server.close();
  }

  /** Stops watching and leaves the server to whoever finds it. */
  void leave() throws InterruptedException {
    restarts.shutdownNow();
    if (!restarts.awaitTermination(END_SECONDS_MAX, TimeUnit.SECONDS)) {
      log.warn("a start of Cassandra does not end");
    }
  }
}
