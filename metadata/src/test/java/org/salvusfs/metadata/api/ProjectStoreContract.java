package org.salvusfs.metadata.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.api.Compression;

/** What a {@link ProjectStore} must do. The store may hold other tests' projects. */
public abstract class ProjectStoreContract {
  private final String prefix = UUID.randomUUID().toString().substring(0, 8);

  protected abstract ProjectStore projects() throws Exception;

  private Project project(String name) {
    return new Project(
        new ProjectId(UUID.randomUUID()),
        prefix + name,
        Durability.QUORUM,
        Instant.parse("2026-11-20T10:11:12.345Z"));
  }

  private List<Project> mine(ProjectStore projects) throws MetadataException {
    return projects.list().stream().filter(p -> p.name().startsWith(prefix)).toList();
  }

  @Test
  void find_unknown_isNull() throws Exception {
    assertNull(projects().find(new ProjectId(UUID.randomUUID())));
    assertNull(projects().find(prefix + "nobody"));
  }

  @Test
  void find_created_byIdAndName() throws Exception {
    var projects = projects();
    var physics = project("Physik ☃ 1");
    assertTrue(projects.create(physics));
    assertEquals(physics, projects.find(physics.id()));
    assertEquals(physics, projects.find(physics.name()));
  }

  @Test
  void create_nameTaken_returnsFalseAndLeavesNothing() throws Exception {
    var projects = projects();
    var first = project("taken");
    var second = project("taken");
    assertTrue(projects.create(first));
    assertFalse(projects.create(second));
    assertEquals(first, projects.find(first.name()));
    assertNull(projects.find(second.id()));
    assertEquals(List.of(first), mine(projects));
  }

  @Test
  void create_sameProjectAgain_returnsTrue() throws Exception {
    var projects = projects();
    var first = project("again");
    assertTrue(projects.create(first));
    assertTrue(projects.create(first));
    assertEquals(List.of(first), mine(projects));
  }

  @Test
  void create_idOfAnotherProject_isRefused() throws Exception {
    var projects = projects();
    var first = project("one");
    assertTrue(projects.create(first));
    var impostor =
        new Project(first.id(), prefix + "two", Durability.HOST, Instant.ofEpochSecond(5));
    assertThrows(IllegalArgumentException.class, () -> projects.create(impostor));
    assertEquals(first, projects.find(first.id()));
    assertNull(projects.find(impostor.name()));
  }

  @Test
  void list_several_isByName() throws Exception {
    var projects = projects();
    var all = new ArrayList<>(List.of(project("b"), project("a"), project("ä"), project("B")));
    for (var each : all) {
      assertTrue(projects.create(each));
    }
    all.sort(Comparator.comparing(Project::name));
    assertEquals(all, mine(projects));
  }

  @Test
  void setLimits_ofOneProject_areItsOwnAndNobodyElses() throws Exception {
    var projects = projects();
    var limited = project("limited");
    var other = project("other");
    assertTrue(projects.create(limited));
    assertTrue(projects.create(other));
    var limits = new Limits(10L << 30, 9L << 30, Duration.ofDays(3), 100_000, 16 << 20);
    projects.setLimits(limited.id(), limits);
    var expected = limited.withLimits(limits);
    assertEquals(expected, projects.find(limited.id()));
    assertEquals(expected, projects.find(limited.name()));
    assertEquals(List.of(expected, other), mine(projects));
    assertTrue(projects.create(limited), "again, as whoever got no answer does");
    assertEquals(expected, projects.find(limited.id()));
  }

  @Test
  void setLimits_removed_areGone() throws Exception {
    var projects = projects();
    var project = project("freed");
    assertTrue(projects.create(project));
    projects.setLimits(project.id(), new Limits(5, 4, Duration.ofSeconds(1), 3, 2));
    projects.setLimits(project.id(), Limits.NONE);
    assertEquals(project, projects.find(project.id()));
  }

  @Test
  void setOverSoftSince_isKeptBesideTheLimitsUntilItIsTakenBack() throws Exception {
    var projects = projects();
    var project = project("over");
    assertTrue(projects.create(project));
    var since = Instant.parse("2026-11-21T01:02:03.456Z");
    projects.setOverSoftSince(project.id(), since);
    projects.setLimits(project.id(), new Limits(5, 4, Duration.ofSeconds(1), 3, 2));
    assertEquals(since, Objects.requireNonNull(projects.find(project.id())).overSoftSince());
    projects.setOverSoftSince(project.id(), null);
    assertNull(Objects.requireNonNull(projects.find(project.id())).overSoftSince());
  }

  @Test
  void setSnapshotPolicy_isKeptUntilItIsEmptyAgain() throws Exception {
    var projects = projects();
    var project = project("policy");
    assertTrue(projects.create(project));
    projects.setSnapshotPolicy(project.id(), "1h:24");
    assertEquals(project.withSnapshotPolicy("1h:24"), projects.find(project.name()));
    projects.setSnapshotPolicy(project.id(), "");
    assertEquals(List.of(project), mine(projects));
  }

  @Test
  void setDurabilityAndCompression_changeNothingElse() throws Exception {
    var projects = projects();
    var small = project("small").withCompression(Compression.ZSTD);
    var project = project("kept");
    assertTrue(projects.create(small));
    assertTrue(projects.create(project));
    assertEquals(small, projects.find(small.id()));
    projects.setDurability(project.id(), Durability.HOST);
    var moved = project.withDurability(Durability.HOST);
    assertEquals(moved, projects.find(project.id()));
    projects.setCompression(project.id(), Compression.ZSTD);
    moved = moved.withCompression(Compression.ZSTD);
    assertEquals(moved, projects.find(project.name()));
    assertEquals(List.of(moved, small), mine(projects));
  }

  @Test
  void ownKey_isOfTheProjectForGood() throws Exception {
    var projects = projects();
    var own = project("own").withOwnKey();
    var shared = project("shared");
    assertTrue(projects.create(own));
    assertTrue(projects.create(shared));
    projects.setSnapshotPolicy(own.id(), "none");
    projects.setCompression(own.id(), Compression.ZSTD);
    var now = own.withSnapshotPolicy("none").withCompression(Compression.ZSTD);
    assertTrue(now.ownKey());
    assertEquals(now, projects.find(own.id()));
    assertEquals(List.of(now, shared), mine(projects));
    assertFalse(shared.ownKey());
  }

  @Test
  void move_toTheTrashAndBack_keepsEverythingElse() throws Exception {
    var projects = projects();
    var project = project("trash");
    assertTrue(projects.create(project));
    var limits = new Limits(5, 4, Duration.ofSeconds(1), 3, 2);
    projects.setLimits(project.id(), limits);
    var when = Instant.parse("2026-11-21T10:11:12.345Z");
    for (int again = 0; again < 2; again++) {
      assertTrue(
          projects.move(project.id(), Project.State.LIVE, Project.State.DELETED, when),
          "also repeated");
    }
    var deleted = project.withLimits(limits).withState(Project.State.DELETED, when);
    assertEquals(deleted, projects.find(project.id()));
    assertEquals(deleted, projects.find(project.name()));
    assertEquals(List.of(deleted), mine(projects));
    assertFalse(projects.create(project("trash")), "its name stays its own");
    assertFalse(
        projects.move(
            project.id(), Project.State.LIVE, Project.State.DELETED, when.plusSeconds(1)));
    assertTrue(projects.move(project.id(), Project.State.DELETED, Project.State.LIVE, null));
    assertEquals(List.of(project.withLimits(limits)), mine(projects));
    assertFalse(
        projects.move(
            new ProjectId(UUID.randomUUID()), Project.State.LIVE, Project.State.DELETED, when));
  }

  @Test
  void move_undeleteAndPurgeAtOnce_oneWins() throws Exception {
    var projects = projects();
    var when = Instant.parse("2026-11-21T10:11:12.345Z");
    for (int round = 0; round < 10; round++) {
      var project = project("contested" + round);
      assertTrue(projects.create(project));
      assertTrue(projects.move(project.id(), Project.State.LIVE, Project.State.DELETED, when));
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var results =
            threads.invokeAll(
                List.<Callable<Boolean>>of(
                    () ->
                        projects.move(
                            project.id(), Project.State.DELETED, Project.State.LIVE, null),
                    () ->
                        projects.move(
                            project.id(), Project.State.DELETED, Project.State.PURGING, when)));
        boolean back = results.get(0).get();
        assertEquals(!back, results.get(1).get());
        var now = Objects.requireNonNull(projects.find(project.id()));
        assertEquals(back ? Project.State.LIVE : Project.State.PURGING, now.state());
      }
    }
  }

  @Test
  void purge_freesTheNameFirstAndIsFoundByIdUntilItIsRemoved() throws Exception {
    var projects = projects();
    var project = project("purged");
    var other = project("purged");
    var when = Instant.parse("2026-11-21T10:11:12.345Z");
    assertTrue(projects.create(project));
    assertTrue(projects.move(project.id(), Project.State.LIVE, Project.State.PURGING, when));
    var purging = project.withState(Project.State.PURGING, when);
    assertEquals(List.of(), mine(projects));
    assertNull(projects.find(project.name()));
    projects.freeName(purging);
    assertTrue(projects.create(other));
    projects.freeName(purging);
    assertEquals(other, projects.find(other.name()), "not of another's name");
    assertEquals(purging, projects.find(project.id()));
    assertTrue(projects.purging().contains(purging));
    projects.remove(other.id());
    assertEquals(List.of(other), mine(projects), "only what is being purged is removed");
    for (int again = 0; again < 2; again++) {
      projects.remove(project.id());
    }
    assertNull(projects.find(project.id()));
    assertFalse(projects.purging().contains(purging));
    assertEquals(List.of(other), mine(projects));
  }

  @Test
  void create_sameNameAtOnce_oneWins() throws Exception {
    var projects = projects();
    for (int round = 0; round < 10; round++) {
      var rivals = new ArrayList<Project>();
      for (int i = 0; i < 4; i++) {
        rivals.add(project("race" + round));
      }
      var winners = new ArrayList<Project>();
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var results =
            threads.invokeAll(
                rivals.stream().map(p -> (Callable<Boolean>) () -> projects.create(p)).toList());
        for (int i = 0; i < rivals.size(); i++) {
          if (results.get(i).get()) {
            winners.add(rivals.get(i));
          }
        }
      }
      assertEquals(1, winners.size());
      assertEquals(winners.getFirst(), projects.find(prefix + "race" + round));
      for (var rival : rivals) {
        assertEquals(winners.contains(rival) ? rival : null, projects.find(rival.id()));
      }
    }
  }
}
