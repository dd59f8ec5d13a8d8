package org.salvusfs.daemon.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.stack.DevStack;

/**
 * Promise 1: kill -9 at random moments under a mixed load, of the daemon, of Cassandra, of both.
 * {@code -Dsalvus.crash.rounds=N} sets the number of kills of each kind; {@code -Dsalvus.full=true}
 * makes it a thousand together.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-1")
class CrashIT {
  private static final int ROUNDS =
      Integer.getInteger("salvus.crash.rounds", Boolean.getBoolean("salvus.full") ? 334 : 12);
  private static final int THREADS = 3;

  /** How many rounds' homes stay; more would make each check of everything longer than the last. */
  private static final int HOMES_KEPT = 5;

  @TempDir Path directory;

  private enum Victim {
    DAEMON,
    CASSANDRA,
    BOTH
  }

  /** Without the host's log: what fsync acknowledged lies in Cassandra. */
  @Test
  void killBoth_underLoadOnAQuorumLog_losesNothingAcknowledged() throws Exception {
    rounds(Victim.BOTH, "quorum", Math.max(1, ROUNDS / 4));
  }

  @Test
  void killDaemon_underLoad_losesNothingAcknowledged() throws Exception {
    rounds(Victim.DAEMON, "demo", ROUNDS);
  }

  @Test
  void killCassandra_underLoad_losesNothingAcknowledged() throws Exception {
    rounds(Victim.CASSANDRA, "demo", ROUNDS);
  }

  @Test
  void killBoth_underLoad_losesNothingAcknowledged() throws Exception {
    rounds(Victim.BOTH, "demo", ROUNDS);
  }

  private void rounds(Victim victim, String project, int rounds) throws Exception {
    long seed = Long.getLong("salvus.crash.seed", System.nanoTime());
    System.out.println("seed " + seed + " (-Dsalvus.crash.seed)");
    var random = new Random(seed);
    try (var stack = new DevStack(directory)) {
      stack.start();
      if (!project.equals("demo")) {
        var made = stack.run("project", "create", project, "--durability", "quorum");
        assertEquals(0, made.exit(), made.output());
      }
      Path home = stack.mount().resolve(project);
      for (int round = 0; round < rounds; round++) {
        var loads = load(stack, home, round, random, victim);
        if (victim != Victim.DAEMON || round % 5 == 0) {
          // A crash must also be survived by what was committed long before.
          var check = stack.run("check", project);
          assertEquals(0, check.exit(), check.output());
        }
        var verifier = new CrashVerifier(loads);
        List<String> violations = verifier.verify();
        System.out.println(victim + " round " + round + ": " + verifier.summary());
        assertEquals(List.of(), violations, "seed " + seed + ", round " + round);
        remove(home, round - HOMES_KEPT);
      }
      var check = stack.run("check", project);
      assertEquals(0, check.exit(), check.output());
      try (var libraries = Files.list(Layout.of(stack.data()).libraries())) {
        assertEquals(1, libraries.count(), "killed daemons leave native code behind");
      }
    }
  }

  private static void remove(Path top, int round) throws IOException, InterruptedException {
    if (round < 0) {
      return;
    }
    var command = new ArrayList<>(List.of("rm", "-r", "--"));
    for (int i = 0; i < THREADS; i++) {
      command.add(home(top, round, i).toString());
    }
    assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor(), command::toString);
  }

  private static Path home(Path top, int round, int thread) {
    return top.resolve("r" + round + "-" + thread);
  }

  /** One life: load, kill, restart. Returns the loads with their logs. */
  private static List<CrashLoad> load(
      DevStack stack, Path top, int round, Random random, Victim victim) throws Exception {
    var clock = new AtomicLong();
    var loads = new ArrayList<CrashLoad>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < THREADS; i++) {
      Path home = Files.createDirectory(home(top, round, i));
      var load = new CrashLoad(new PathTarget(home), random.nextLong(), clock);
      loads.add(load);
      threads.add(Thread.ofPlatform().name("load-" + i).unstarted(load));
    }
    // The homes themselves must be there after the crash.
    try (var channel = FileChannel.open(top)) {
      channel.force(true);
    }
    threads.forEach(Thread::start);
    TimeUnit.MILLISECONDS.sleep(100 + random.nextInt(2500));
    switch (victim) {
      case DAEMON -> stack.killDaemon();
      case CASSANDRA -> {
        stack.killCassandra();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(2000));
      }
      case BOTH -> {
        stack.killCassandra();
        stack.killDaemon();
      }
    }
    loads.forEach(CrashLoad::stop);
    for (Thread thread : threads) {
      thread.join(TimeUnit.MINUTES.toMillis(2));
      assertTrue(!thread.isAlive(), "a load is stuck in the mount");
    }
    if (victim != Victim.CASSANDRA) {
      stack.start();
    }
    return loads;
  }
}
