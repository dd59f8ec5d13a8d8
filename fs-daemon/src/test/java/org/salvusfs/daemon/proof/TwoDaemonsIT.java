package org.salvusfs.daemon.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.stack.DevStack;

/**
 * Promise 8 with processes: a daemon is stopped with SIGSTOP in the midst of its work, past its
 * lease; another takes its project over; the first goes on with SIGCONT. Its writes and syncs fail,
 * and nothing of them shows up, not even after it was started again.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-8")
class TwoDaemonsIT {
  private static final int ROUNDS = Proof.FULL ? 200 : 2;
  private static final Duration DEADLINE = Duration.ofMinutes(1);
  private static final int OTHERS_NUMBER = 100_000_000;

  @TempDir Path directory;

  @Test
  void stoppedDaemon_pastItsLease_canChangeNothingAfterATakeOver() throws Exception {
    try (var first = new DevStack(directory.resolve("first"));
        var second = new DevStack(directory.resolve("second"))) {
      first.configure("cassandra:\n  local: yes\npatience: 3s\n");
      first.start();
      join(second, first);
      for (int round = 0; round < ROUNDS; round++) {
        takeOver(first, second, "r" + round, round % 2 == 0 ? "host" : "quorum");
      }
      // Whatever the first has in its own log must not come back.
      first.killDaemon();
      first.start();
      assertThrows(IOException.class, () -> Files.readString(first.home("r0").resolve("number")));
      assertEquals(0, second.stop(), second.errors());
      for (int round = 0; round < ROUNDS; round++) {
        Path number = first.home("r" + round).resolve("number");
        assertEquals(OTHERS_NUMBER, Integer.parseInt(Files.readString(number)));
        assertFalse(Files.exists(number.resolveSibling("late")));
        var check = first.run("check", "r" + round);
        assertEquals(0, check.exit(), check.output());
      }
    }
  }

  /** A second daemon of the same cluster, with packs of its own. */
  private static void join(DevStack second, DevStack first) throws Exception {
    int port =
        Integer.parseInt(
            Files.readAllLines(first.data().resolve("cassandra/ports")).getFirst().strip());
    second.configure(
        """
        cassandra:
          contact-points: [127.0.0.1:%d]
          copies: 1
        patience: 3s
        """
            .formatted(port));
    Path key = Layout.of(second.data()).clusterKey();
    Files.copy(Layout.of(first.data()).clusterKey(), key, StandardCopyOption.COPY_ATTRIBUTES);
    second.start();
  }

  private static void takeOver(DevStack first, DevStack second, String project, String durability)
      throws Exception {
    var created = first.run("project", "create", project, "--durability", durability);
    assertEquals(0, created.exit(), created.output());
    var writer = new Overwriter(first.home(project).resolve("number"));
    var thread = Thread.ofPlatform().name(project).start(writer);
    DevStack.await(DEADLINE, () -> writer.acknowledged() > 20, first::errors);

    DevStack.signal("STOP", first.daemonPid());
    int found;
    int underWay;
    try {
      Path number = second.home(project).resolve("number");
      // Looking it up waits for the lease to run out, and takes the project over. With durability
      // host a take-over shows the last commit, in which there may be no file yet.
      found = Files.exists(number) ? Integer.parseInt("0" + Files.readString(number)) : 0;
      underWay = writer.issued();
      assertTrue(found <= underWay, found + " was never written");
      try (var channel =
          FileChannel.open(number, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        Overwriter.write(channel, OTHERS_NUMBER);
      }
    } finally {
      DevStack.signal("CONT", first.daemonPid());
    }

    DevStack.await(DEADLINE, () -> writer.failures() > 3, first::errors);
    // The stop may have come when a sync was done, and only its answer not yet sent.
    int acknowledged = writer.acknowledged();
    assertTrue(acknowledged <= underWay, acknowledged + " was synced after the take-over");
    if (durability.equals("quorum")) {
      assertTrue(found >= acknowledged, found + " is there, " + acknowledged + " was synced");
    }
    Path late = first.home(project).resolve("late");
    var e = assertThrows(IOException.class, () -> Files.writeString(late, "late"));
    assertTrue(Proof.isEio(e), e::toString);
    writer.stop();
    thread.join(DEADLINE);
    assertFalse(thread.isAlive(), "the writer is stuck in the mount");

    Path home = second.home(project);
    assertEquals(OTHERS_NUMBER, Integer.parseInt(Files.readString(home.resolve("number"))));
    try (var names = Files.list(home)) {
      assertEquals(List.of(home.resolve("number")), names.toList());
    }
  }
}
