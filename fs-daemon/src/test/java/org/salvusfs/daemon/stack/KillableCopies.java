package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.daemon.stack.Trees.sh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.GarbageRun;
import org.salvusfs.daemon.management.ImportReport;
import org.salvusfs.daemon.management.KeyCopy;
import org.salvusfs.daemon.management.TargetName;
import org.salvusfs.daemon.stack.KillableProjects.OnProject;

/** What is killed of the operations that go through contents: they take their time. */
final class KillableCopies {
  private static final CheckProgress UNHEARD = (done, total) -> {};

  private KillableCopies() {}

  /** Of the second model, and files that no round before had, into an empty project. */
  static final class Import extends OnProject {
    private final Path source;
    private @Nullable ImportReport report;

    Import(DevStack stack, Models models, Path scratch) {
      super(stack, models, "imported");
      this.source = scratch.resolve("source");
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      sh(models.two(), "rm -rf '%s'; cp -a . '%s'".formatted(source, source));
      sh(source, "mkdir new; for i in $(seq 40); do head -c 300000 /dev/urandom > new/$i; done");
      client.createProject(name, Optional.empty(), Optional.empty());
      client.commit();
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      report = client.importDirectory(name, source, UNHEARD);
    }

    /** Files appear one by one, but each of them whole. */
    @Override
    public boolean isDone(ControlClient client) throws Exception {
      Models.assertPart(source, home());
      return Trees.differences(source, home(), "").isEmpty();
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      ImportReport last = Objects.requireNonNull(report);
      assertTrue(last.isComplete(), last::toString);
      Trees.assertSame(source, home(), "");
    }
  }

  /** Of files that were deleted, among others that were not. */
  static final class Collection extends OnProject {
    private static final double UNUSED_MAX = 0.1;

    private final Path outside;
    private @Nullable GarbageRun outcome;

    Collection(DevStack stack, Models models, Path scratch) {
      super(stack, models, "swept");
      this.outside = scratch.resolve("outside");
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      outcome = null;
      super.prepare(client);
      sh(home(), "mkdir more; for i in $(seq 40); do head -c 300000 /dev/urandom > more/$i; done");
      client.commit();
      sh(home(), "rm more/?; rm big1 dir/again");
      client.commit();
      sh(home(), "rm -rf '%s'; cp -a . '%s'".formatted(outside, outside));
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      @Nullable GarbageRun run = client.collectGarbage().latest();
      while (run != null && !run.isOver()) {
        run = client.garbage(true).latest();
      }
      assertTrue(run != null && run.phase() == GarbageRun.Phase.DONE, String.valueOf(run));
      outcome = run;
    }

    /** What is swept and what is not yet cannot be told apart from outside: nothing is missing. */
    @Override
    public boolean isDone(ControlClient client) throws Exception {
      assertContents();
      return outcome != null;
    }

    private void assertContents() throws Exception {
      assertEquals("", Trees.differences(outside, home(), ""), "it is not what it was");
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      assertContents();
      var freed = Objects.requireNonNull(Objects.requireNonNull(outcome).freed());
      assertTrue(freed.unusedBytes() <= UNUSED_MAX * freed.liveBytes(), freed::toString);
      long packs = client.garbage(false).packsBytes();
      assertTrue(packs <= (1 + UNUSED_MAX) * freed.liveBytes(), packs + " for " + freed);
      Files.writeString(home().resolve("more/one"), "it can be changed");
    }
  }

  /** Of a project that changes from round to round, to one target. */
  static final class Backup extends OnProject {
    private final Path target;
    private final Path restored;
    private final DevStack second;
    private Set<String> manifestsBefore = Set.of();
    private int rounds;
    private @Nullable BackupReport report;

    /**
     * @param second an installation without projects in another keyspace, not started
     */
    Backup(DevStack stack, Models models, Path scratch, DevStack second) {
      super(stack, models, "saved");
      this.target = scratch.resolve("target");
      this.restored = scratch.resolve("as-saved");
      this.second = second;
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      rounds++;
      if (rounds == 1) {
        super.prepare(client);
        client.snapshots().create(name, Optional.of("one"), "");
      }
      sh(
          home(),
          "head -c 1500000 /dev/urandom > new%d; mkdir d%d; for i in $(seq 30); do echo $i > d%d/$i; done"
              .formatted(rounds, rounds, rounds));
      client.commit();
      manifestsBefore = manifests();
    }

    private Set<String> manifests() throws IOException {
      if (!Files.exists(target)) {
        return Set.of();
      }
      try (var files = Files.list(target)) {
        return Set.copyOf(
            files
                .map(file -> file.getFileName().toString())
                .filter(file -> file.endsWith(".smf"))
                .toList());
      }
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      var to = new TargetName.Directory(target);
      report = client.backups().backup(to, List.of(name), Optional.of(KeyCopy.INCLUDE), UNHEARD);
    }

    @Override
    public boolean isDone(ControlClient client) throws Exception {
      return !manifests().equals(manifestsBefore);
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      BackupReport last = Objects.requireNonNull(report);
      assertTrue(last.isComplete(), last::toString);
      assertEquals(1, last.projects());
      assertEquals(List.of("one"), snapshots(client), "what a killed backup held is still there");
      sh(home(), "rm -rf '%s'; cp -a . '%s'".formatted(restored, restored));
    }

    /** The next round goes on with the same project. */
    @Override
    public void clear(ControlClient client) {}

    /** The target alone brings everything back. */
    @Override
    public void conclude(ControlClient client) throws Exception {
      var placed = second.run("restore", target.toString());
      assertEquals(1, placed.exit(), placed.output());
      second.start();
      var done = second.run("restore", target.toString());
      assertEquals(0, done.exit(), () -> done.output() + second.errors());
      Trees.assertSame(restored, second.home(name), "");
      assertOne(second.home(name).resolve(".snapshots/one"));
      var check = second.run("check", name);
      assertEquals(0, check.exit(), check.output());
      assertEquals(0, second.stop(), second.errors());
      remove(client, name);
    }
  }
}
