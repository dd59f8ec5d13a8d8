package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.DeletedProject;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.management.SnapshotStatus;

/** What is killed of the operations on projects and snapshots, each of which happens at once. */
final class KillableProjects {
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  private KillableProjects() {}

  /** A project that looks like the first model. */
  abstract static class OnProject implements Killable {
    final DevStack stack;
    final Models models;
    final String name;

    OnProject(DevStack stack, Models models, String name) {
      this.stack = stack;
      this.models = models;
      this.name = name;
    }

    Path home() {
      return stack.home(name);
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      client.createProject(name, Optional.empty(), Optional.empty());
      Models.put(models.one(), home());
      client.commit();
    }

    @Override
    public List<String> projects(ControlClient client) throws DaemonException {
      return live(client).contains(name) ? List.of(name) : List.of();
    }

    @Override
    public void clear(ControlClient client) throws DaemonException {
      remove(client, name);
    }

    void assertOne(Path at) throws Exception {
      assertFalse(models.isTwo(at), at + " is not what it was");
    }

    static List<String> live(ControlClient client) throws DaemonException {
      return client.projects().stream().map(ProjectStatus::name).toList();
    }

    static List<DeletedProject> deleted(ControlClient client, String name) throws DaemonException {
      return client.trash().list().stream().filter(each -> each.name().equals(name)).toList();
    }

    /** For good, which shows that nothing needs anything of it. */
    static void remove(ControlClient client, String name) throws DaemonException {
      client.trash().delete(name);
      assertFalse(client.trash().purge(name, false).isKeptForClones(), name + " is still needed");
    }

    List<String> snapshots(ControlClient client) throws DaemonException {
      return client.snapshots().list(name).stream().map(SnapshotStatus::name).toList();
    }

    Path snapshot(String snapshot) {
      return home().resolve(".snapshots").resolve(snapshot);
    }
  }

  /** From the second model back to the first. */
  static final class Rollback extends OnProject {
    Rollback(DevStack stack, Models models) {
      super(stack, models, "rollback");
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      super.prepare(client);
      client.snapshots().create(name, Optional.of("one"), "");
      Models.put(models.two(), home());
      client.commit();
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      client.snapshots().rollback(name, "one");
    }

    @Override
    public boolean isDone(ControlClient client) throws Exception {
      boolean isDone = !models.isTwo(home());
      assertOne(snapshot("one"));
      List<String> before = before(client);
      assertTrue(!isDone || !before.isEmpty(), "what was there is not kept");
      for (String each : before) {
        boolean isTwo = models.isTwo(snapshot(each)); // which fails if it is a part of something
        assertTrue(isTwo || !each.equals(before.getFirst()), each + " is not what was there");
      }
      return isDone;
    }

    private List<String> before(ControlClient client) throws DaemonException {
      return snapshots(client).stream().filter(each -> !each.equals("one")).toList();
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      assertOne(home());
      assertOne(snapshot("one"));
      assertTrue(models.isTwo(snapshot(before(client).getFirst())), "what was there is not kept");
      Files.writeString(home().resolve("more"), "it can be changed");
    }
  }

  /** A clone of the present. */
  static final class Clone extends OnProject {
    private static final String CLONE = "the-clone";

    Clone(DevStack stack, Models models) {
      super(stack, models, "origin");
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      if (!live(client).contains(CLONE)) {
        client.snapshots().cloneProject(name, Optional.empty(), CLONE);
      }
    }

    @Override
    public boolean isDone(ControlClient client) throws Exception {
      assertOne(home());
      boolean isDone = live(client).contains(CLONE);
      if (isDone) {
        assertOne(stack.home(CLONE));
      }
      return isDone;
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      Models.put(models.two(), stack.home(CLONE));
      client.commit();
      assertTrue(models.isTwo(stack.home(CLONE)), "the clone cannot be changed");
      assertOne(home());
      // A daemon looks for what a killed one left when it has opened the project.
      DevStack.await(
          DEADLINE, () -> isWithoutSnapshots(client), () -> "a snapshot that nobody made is left");
    }

    private boolean isWithoutSnapshots(ControlClient client) {
      try {
        return snapshots(client).isEmpty();
      } catch (DaemonException e) {
        throw new AssertionError(e);
      }
    }

    @Override
    public List<String> projects(ControlClient client) throws DaemonException {
      var all = new ArrayList<>(super.projects(client));
      if (live(client).contains(CLONE)) {
        all.add(CLONE);
      }
      return all;
    }

    @Override
    public void clear(ControlClient client) throws DaemonException {
      remove(client, CLONE);
      remove(client, name);
    }
  }

  /** Into the trash. */
  static final class Delete extends OnProject {
    Delete(DevStack stack, Models models) {
      super(stack, models, "deleted");
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      if (deleted(client, name).isEmpty()) {
        client.trash().delete(name);
      }
    }

    @Override
    public boolean isDone(ControlClient client) throws Exception {
      boolean isDone = !deleted(client, name).isEmpty();
      assertEquals(!isDone, live(client).contains(name), "it is in both places, or in none");
      assertEquals(!isDone, Files.exists(home()));
      if (!isDone) {
        assertOne(home());
      }
      return isDone;
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      assertFalse(Files.exists(home()));
      assertEquals("deleted", deleted(client, name).getFirst().state());
      client.trash().undelete(name);
      assertOne(home());
    }
  }

  /** Out of the trash, for good. */
  static final class PurgeProject extends OnProject {
    PurgeProject(DevStack stack, Models models) {
      super(stack, models, "purged");
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      super.prepare(client);
      client.snapshots().create(name, Optional.of("one"), "");
      Models.put(models.two(), home());
      client.snapshots().create(name, Optional.of("two"), "");
      client.trash().delete(name);
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      for (DeletedProject each : deleted(client, name)) {
        client.trash().purge(each.id(), false);
      }
    }

    @Override
    public boolean isDone(ControlClient client) throws Exception {
      assertFalse(live(client).contains(name), "it is back");
      List<DeletedProject> left = deleted(client, name);
      if (!left.isEmpty() && left.getFirst().state().equals("deleted")) {
        client.trash().undelete(name);
        assertTrue(models.isTwo(home()), "it was not whole when it came back");
        assertOne(snapshot("one"));
        client.trash().delete(name);
      }
      return left.isEmpty();
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      assertEquals(List.of(), deleted(client, name));
      client.createProject(name, Optional.empty(), Optional.empty());
      try (var names = Files.list(home())) {
        assertEquals(List.of(), names.toList());
      }
    }
  }

  /** Of a snapshot between two others. */
  static final class DeleteSnapshot extends OnProject {
    DeleteSnapshot(DevStack stack, Models models) {
      super(stack, models, "kept");
    }

    @Override
    public void prepare(ControlClient client) throws Exception {
      super.prepare(client);
      client.snapshots().create(name, Optional.of("one"), "");
      Models.put(models.two(), home());
      client.snapshots().create(name, Optional.of("two"), "");
      Models.put(models.one(), home());
      client.snapshots().create(name, Optional.of("three"), "");
    }

    @Override
    public void run(ControlClient client) throws DaemonException {
      if (snapshots(client).contains("two")) {
        client.snapshots().delete(name, "two");
      }
    }

    @Override
    public boolean isDone(ControlClient client) throws Exception {
      boolean isDone = !snapshots(client).contains("two");
      assertEquals(isDone, !Files.exists(snapshot("two")));
      if (!isDone) {
        assertTrue(models.isTwo(snapshot("two")), "it is there, and not whole");
      }
      return isDone;
    }

    @Override
    public void verify(ControlClient client) throws Exception {
      assertEquals(List.of("one", "three"), snapshots(client));
      for (Path each : List.of(home(), snapshot("one"), snapshot("three"))) {
        assertOne(each);
      }
      assertTrue(client.bill(name).heldBytes() >= 0);
    }
  }
}
