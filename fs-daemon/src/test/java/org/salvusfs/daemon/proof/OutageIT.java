package org.salvusfs.daemon.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.stack.DevStack;

/**
 * Promise 9: Cassandra goes away under load, stopped or killed, for moments or past the lease. What
 * is cached can be read throughout; a change fails with EIO, and only after the configured wait;
 * work goes on by itself once Cassandra is back; nothing acknowledged is lost, nothing is there
 * twice, not even after kill -9 of the daemon.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-9")
class OutageIT {
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final int RANDOM_OUTAGES = Proof.FULL ? 100 : 2;
  private static final int CACHED_BYTES = 256 << 10;

  @TempDir Path directory;

  private final Random random = Proof.random();
  private final List<Appender> appenders = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private byte[] cached = new byte[0];
  private long longestRecoveryMillis;

  @Test
  void cassandraGoesAway_underLoad_nothingIsLostOrDoubled() throws Exception {
    Path jars = directory.resolve("cassandra-lib");
    Files.createSymbolicLink(
        jars, DevStack.repository().resolve("metadata/cassandra-server/target/lib"));
    try (var stack = new DevStack(directory.resolve("stack"), "-Dsalvus.cassandra.lib=" + jars)) {
      stack.configure(
          """
          cassandra:
            local: yes
          patience: %ds
          txg:
            interval: 1s
          """
              .formatted(PATIENCE.toSeconds()));
      stack.start();
      var created = stack.run("project", "create", "q", "--durability", "quorum");
      assertEquals(0, created.exit(), created.output());
      try {
        startLoad(stack);
        for (int i = 0; i < RANDOM_OUTAGES; i++) {
          moment(stack);
        }
        pauseUntilAllFail(stack);
        killUntilAllFail(stack, jars);
        if (Proof.FULL) {
          stopFor(stack, 60_000);
          awaitProgress();
        }
      } finally {
        stopLoad();
      }
      verify(stack, false);
      stack.killDaemon();
      stack.start();
      verify(stack, true);
      for (String project : List.of("demo", "q")) {
        var check = stack.run("check", project);
        assertEquals(0, check.exit(), check.output());
      }
      System.out.printf(
          "%d operations refused, %d syncs acknowledged; working again at most %d ms after"
              + " Cassandra%n",
          appenders.stream().mapToLong(Appender::failures).sum(),
          appenders.stream().mapToInt(Appender::synced).sum(),
          longestRecoveryMillis);
    } finally {
      Files.deleteIfExists(jars);
    }
  }

  private void startLoad(DevStack stack) throws IOException, InterruptedException {
    cached = new byte[CACHED_BYTES];
    random.nextBytes(cached);
    Files.write(stack.home().resolve("cached"), cached);
    try (var channel = FileChannel.open(stack.home().resolve("cached"))) {
      channel.force(true);
    }
    readCached(stack);
    for (String project : List.of("demo", "q")) {
      for (int i = 0; i < 2; i++) {
        var appender = new Appender(stack.home(project).resolve("lines" + i), System::nanoTime);
        appenders.add(appender);
        threads.add(Thread.ofPlatform().name(project + i).start(appender));
      }
    }
    awaitProgress();
  }

  private void stopLoad() throws InterruptedException {
    appenders.forEach(Appender::stop);
    for (Thread thread : threads) {
      thread.join(DEADLINE);
      assertTrue(!thread.isAlive(), () -> thread.getName() + " is stuck in the mount");
    }
  }

  /** Past the kernel's page cache: the daemon answers. */
  private void readCached(DevStack stack) throws IOException, InterruptedException {
    var dd =
        new ProcessBuilder(
                "dd",
                "if=" + stack.home().resolve("cached"),
                "bs=" + cached.length,
                "iflag=direct",
                "status=none")
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    byte[] read = dd.getInputStream().readAllBytes();
    assertEquals(0, dd.waitFor());
    assertArrayEquals(cached, read);
  }

  /** A short absence: timeouts and closed connections. */
  private void moment(DevStack stack) throws Exception {
    if (random.nextInt(3) == 0) {
      stack.killCassandra();
      awaitCassandra(stack);
    } else {
      stopFor(stack, 100 + random.nextInt(Proof.FULL && random.nextInt(8) == 0 ? 15_000 : 1500));
    }
    awaitProgress();
  }

  private void stopFor(DevStack stack, int millis) throws Exception {
    long pid = stack.cassandraPid();
    DevStack.signal("STOP", pid);
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
      readCached(stack);
    } finally {
      DevStack.signal("CONT", pid);
    }
  }

  private void pauseUntilAllFail(DevStack stack) throws Exception {
    long pid = stack.cassandraPid();
    DevStack.signal("STOP", pid);
    try {
      awaitFailures(stack);
    } finally {
      DevStack.signal("CONT", pid);
    }
    awaitProgress();
  }

  /** Without its jars the server is not started again. Recovery counts from its answering. */
  private void killUntilAllFail(DevStack stack, Path jars) throws Exception {
    Path target = Files.readSymbolicLink(jars);
    Files.delete(jars);
    try {
      stack.killCassandra();
      awaitFailures(stack);
    } finally {
      Files.createSymbolicLink(jars, target);
    }
    awaitCassandra(stack);
    awaitProgress();
  }

  private static void awaitCassandra(DevStack stack) throws Exception {
    Path ports = stack.data().resolve("cassandra/ports");
    int port = Integer.parseInt(Files.readAllLines(ports).getFirst().strip());
    DevStack.await(DEADLINE, () -> isOpen(port), stack::errors);
  }

  private static boolean isOpen(int port) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException refused) {
      return false;
    }
  }

  /** Reads what is cached until every load was refused something. */
  private void awaitFailures(DevStack stack) throws Exception {
    List<Long> before = appenders.stream().map(Appender::failures).toList();
    long start = System.nanoTime();
    for (int i = 0; i < appenders.size(); i++) {
      while (appenders.get(i).failures() <= before.get(i)) {
        readCached(stack);
        assertTrue(System.nanoTime() - start < DEADLINE.toNanos(), stack::errors);
      }
    }
  }

  /** Until every load has had two syncs acknowledged: the first may have begun before. */
  private void awaitProgress() throws InterruptedException {
    long start = System.nanoTime();
    List<Integer> before = appenders.stream().map(Appender::synced).toList();
    for (int i = 0; i < appenders.size(); i++) {
      Appender appender = appenders.get(i);
      int wanted = before.get(i) + 2;
      DevStack.await(
          DEADLINE, () -> appender.synced() >= wanted, () -> "no progress after an outage");
    }
    longestRecoveryMillis =
        Math.max(longestRecoveryMillis, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
  }

  private void verify(DevStack stack, boolean crashed) throws IOException, InterruptedException {
    readCached(stack);
    for (Appender appender : appenders) {
      assertEquals(List.of(), appender.verify(crashed));
      assertTrue(
          appender.shortestFailureNanos() >= PATIENCE.toNanos() * 95 / 100,
          () -> "an operation failed after " + appender.shortestFailureNanos() + " ns");
    }
  }
}
