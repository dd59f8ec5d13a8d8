package org.salvusfs.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.config.ConfigFile;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.salvusfs.daemon.management.SnapshotStatus;
import org.salvusfs.daemon.stack.DevStack;

/** What a daemon with a mount does by itself, by a wall clock that is put forward. */
@Tag("mount")
class HousekeepingIT {
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  @TempDir private Path directory = Path.of("");
  private final AtomicLong skewNanos = new AtomicLong();

  private ManagedDaemon start() throws DaemonException, InterruptedException {
    var usual = Surroundings.ofThisProcess();
    var surroundings =
        new Surroundings(
            usual.nanoClock(),
            () -> usual.wallClock().getAsLong() + skewNanos.get(),
            usual.random(),
            usual.jdk17(),
            DevStack.repository().resolve("metadata/cassandra-server/target/lib"),
            usual.hostName());
    var config =
        ConfigFile.parse(
            "data: data\nmount: projects\ncassandra:\n  local: yes\n",
            directory.resolve("salvus.yaml"));
    return DaemonProcess.start(config, step -> {}, surroundings, Optional.empty());
  }

  /** Puts the clock forward, a period at a time, until something is so. */
  private void awaitLater(Duration period, BooleanSupplier condition) throws InterruptedException {
    DevStack.await(
        DEADLINE,
        () -> {
          skewNanos.addAndGet(period.toNanos());
          return condition.getAsBoolean();
        },
        () -> "it did not happen, however late it got");
  }

  private static List<SnapshotStatus> snapshots(ManagedDaemon daemon, String project) {
    try {
      return daemon.snapshots().list(project);
    } catch (DaemonException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void changedProjects_getSnapshots_othersNothing_andTheTrashIsEmptied() throws Exception {
    try (var daemon = start()) {
      Path mount = directory.resolve("projects");
      daemon.createProject("idle", Optional.empty(), Optional.empty());
      daemon.createProject("busy", Optional.empty(), Optional.empty());
      Files.writeString(mount.resolve("idle/file"), "one");
      awaitLater(Duration.ofMinutes(15), () -> !snapshots(daemon, "idle").isEmpty());
      var only = snapshots(daemon, "idle");
      assertEquals(1, only.size());
      assertEquals("auto", only.getFirst().kind());
      var kept = mount.resolve("idle/.snapshots").resolve(only.getFirst().name());
      assertEquals("one", Files.readString(kept.resolve("file")));
      daemon.commit();
      var txg = daemon.project("idle").txg();

      Files.writeString(mount.resolve("busy/file"), "two");
      awaitLater(Duration.ofMinutes(15), () -> snapshots(daemon, "busy").size() == 1);
      Files.writeString(mount.resolve("busy/file"), "three");
      awaitLater(Duration.ofMinutes(15), () -> snapshots(daemon, "busy").size() == 2);
      assertEquals(only, snapshots(daemon, "idle"), "nothing had changed");
      assertEquals(txg, daemon.project("idle").txg(), "a commit of nothing");

      daemon.snapshots().setPolicy("busy", "1h:1");
      DevStack.await(
          DEADLINE, () -> snapshots(daemon, "busy").size() == 1, () -> "it is not thinned");

      daemon.trash().delete("busy");
      daemon.trash().delete("idle");
      daemon.trash().undelete("idle");
      awaitLater(
          Duration.ofHours(1),
          () -> {
            try {
              return daemon.trash().list().isEmpty();
            } catch (DaemonException e) {
              throw new AssertionError(e);
            }
          });
      assertFalse(Files.exists(mount.resolve("busy")));
      assertEquals("one", Files.readString(mount.resolve("idle/file")));
      daemon.createProject("busy", Optional.empty(), Optional.empty());
      assertFalse(Files.exists(mount.resolve("busy/file")));
    }
  }
}
