package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.localcassandra.CassandraExtension;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

/**
 * kill -9 of the daemon in the middle of what changes whole projects. After the restart everything
 * is as it was or as it is to be, compared with directories outside the mount; the check finds
 * nothing; and the same operation, run again, finishes.
 *
 * <p>Each operation is run once as it is, to learn how long it takes. The kills of the further
 * rounds are spread over that: at one of its requests to Cassandra, heard by it or not, or after a
 * part of its time. {@code -Dsalvus.kill.rounds=N} sets how many there are of each operation;
 * {@code -Dsalvus.kill.seed=N} repeats a run.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-12")
@ExtendWith(CassandraExtension.class)
class OperationKillIT {
  private static final int ROUNDS =
      Integer.getInteger("salvus.kill.rounds", Boolean.getBoolean("salvus.full") ? 30 : 1);
  private static final long MINUTES_MAX = 2;

  /** How long an operation takes if nobody kills it. */
  private record Length(long requests, long nanos) {}

  @TempDir Path directory;

  private final ExecutorService client = Executors.newSingleThreadExecutor();

  /** Whether the daemon was killed in this round, or is about to be. */
  private final AtomicBoolean isKilling = new AtomicBoolean();

  @AfterEach
  void end() {
    client.shutdownNow();
  }

  @Test
  void killDaemon_inAnyOperation_leavesNothingHalfDone_andItsRerunFinishes(LocalCassandra server)
      throws Exception {
    long seed = Long.getLong("salvus.kill.seed", System.nanoTime());
    System.out.println("seed " + seed + " (-Dsalvus.kill.seed)");
    var random = new Random(seed);
    Models models = Models.in(directory.resolve("models"));
    try (var wire = new Wire(server.contactPoint());
        var stack = stack("stack", wire.port());
        var second = stack("second", server.contactPoint().getPort())) {
      stack.start();
      for (Killable each :
          List.of(
              new KillableProjects.Rollback(stack, models),
              new KillableProjects.Clone(stack, models),
              new KillableProjects.DeleteSnapshot(stack, models),
              new KillableProjects.Delete(stack, models),
              new KillableProjects.PurgeProject(stack, models),
              new KillableCopies.Collection(stack, models, directory),
              new KillableCopies.Import(stack, models, directory),
              new KillableCopies.Backup(stack, models, directory, second),
              new KillableStreams.ReceiveWhole(stack, models, directory),
              new KillableStreams.ReceiveChanges(stack, models, directory))) {
        rounds(each, stack, wire, random);
      }
    }
  }

  private DevStack stack(String name, int port) throws Exception {
    var stack = new DevStack(directory.resolve(name));
    stack.configure(
        """
        cassandra:
          contact-points: [127.0.0.1:%d]
          keyspace: kill_%s
          copies: 1
        control: {port: 0}
        gc: {period: 0s, grace: 0s, bytes-per-second: 1GiB}
        """
            .formatted(port, name));
    return stack;
  }

  private void rounds(Killable operation, DevStack stack, Wire wire, Random random)
      throws Exception {
    Length length = measure(operation, stack, wire);
    for (int round = 0; round < ROUNDS; round++) {
      double part = (round + random.nextDouble()) / ROUNDS;
      operation.prepare(client(stack));
      boolean wasTold = kill(operation, stack, wire, length, part, random);
      stack.start();
      ControlClient daemon = client(stack);
      assertSound(operation, daemon);
      boolean isDone = operation.isDone(daemon);
      System.out.printf(
          "%s: killed at %.0f %% of %d requests, %d ms: %s%n",
          operation.getClass().getSimpleName(),
          part * 100,
          length.requests(),
          TimeUnit.NANOSECONDS.toMillis(length.nanos()),
          isDone ? "done" : "not done");
      assertTrue(isDone || !wasTold, "it was said to be done, and is not");
      operation.run(daemon);
      assertTrue(operation.isDone(daemon), "it was run again, and is not done");
      operation.verify(daemon);
      assertSound(operation, daemon);
      operation.clear(daemon);
    }
    if (ROUNDS > 1) {
      operation.conclude(client(stack));
    }
  }

  private static Length measure(Killable operation, DevStack stack, Wire wire) throws Exception {
    ControlClient daemon = client(stack);
    operation.prepare(daemon);
    long requests = wire.requests();
    long start = System.nanoTime();
    operation.run(daemon);
    var length = new Length(wire.requests() - requests, System.nanoTime() - start);
    operation.verify(daemon);
    operation.clear(daemon);
    return length;
  }

  /**
   * Kills the daemon in the operation, or after it if it took less than it used to.
   *
   * @param part of the operation that is to be done then, 0 to 1
   * @return whether the operation was said to be done
   */
  private boolean kill(
      Killable operation, DevStack stack, Wire wire, Length length, double part, Random random)
      throws Exception {
    ControlClient daemon = client(stack);
    isKilling.set(false);
    boolean isAtRequest = random.nextBoolean();
    if (isAtRequest) {
      long request = 1 + (long) (part * length.requests());
      wire.in(request, random.nextBoolean(), () -> kill(stack));
    }
    Future<Boolean> told = client.submit(() -> isTold(operation, daemon));
    if (!isAtRequest) {
      try {
        told.get((long) (part * length.nanos()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException stillRunning) {
        kill(stack);
      }
    }
    boolean wasTold = told.get(MINUTES_MAX, TimeUnit.MINUTES);
    wire.calm();
    kill(stack);
    return wasTold;
  }

  private boolean isTold(Killable operation, ControlClient daemon) throws DaemonException {
    try {
      operation.run(daemon);
      return true;
    } catch (DaemonException e) {
      if (!isKilling.get()) {
        throw e;
      }
      return false;
    }
  }

  /** Returns when it is dead, whoever killed it. */
  private void kill(DevStack stack) {
    isKilling.set(true);
    try {
      stack.killDaemon();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static ControlClient client(DevStack stack) throws DaemonException {
    return ControlClient.of(Layout.of(stack.data()));
  }

  private static void assertSound(Killable operation, ControlClient daemon) throws DaemonException {
    for (String project : operation.projects(daemon)) {
      CheckReport report = daemon.check(project, false, (done, total) -> {});
      assertTrue(report.isSound(), report::toString);
    }
  }
}
