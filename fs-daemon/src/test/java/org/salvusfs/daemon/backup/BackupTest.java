package org.salvusfs.daemon.backup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;

/** What a backup brings to a target, and what a restore makes of it. */
class BackupTest {
  private static final int FILES = 300;
  private static final CheckProgress QUIET = (done, total) -> assertTrue(done <= total);

  /** How many calls of the progress lie between two of the places where a run is broken off. */
  private static final int STRIDE = 61;

  @TempDir Path directory = Path.of("");
  private Path target = Path.of("");
  private int damaged;
  private TestCluster cluster;
  private ProjectId origin = new ProjectId(new UUID(0, 0));
  private ProjectId clone = new ProjectId(new UUID(0, 0));

  BackupTest(@TempDir Path data) throws IOException {
    cluster = new TestCluster(data.resolve("here"), 3);
  }

  @BeforeEach
  void create() throws IOException {
    target = directory.resolve("target");
    clone = cluster.create(2, "clone");
    cluster.write(clone, 0, 5);
    origin = cluster.create(1, "a-origin");
    cluster.write(origin, 0, FILES);
    cluster.keep(origin, "one", Map.of(clone, new UUID(6, 6)));
    cluster.write(origin, 10, 20);
    cluster.keep(origin, "two", Map.of());
    cluster.write(origin, 20, 30);
  }

  @AfterEach
  void close() throws IOException {
    cluster.close();
  }

  private TestCluster another(String name) throws IOException {
    return new TestCluster(directory.resolve(name), 0);
  }

  @Test
  void restore_ofABackup_isWhatWasSaved() throws Exception {
    BackupReport report = cluster.backUp(target, QUIET);
    assertTrue(report.isComplete());
    assertEquals(2, report.projects());
    assertEquals(2, report.snapshots());
    assertTrue(report.blocksCopied() > FILES, report.toString());
    try (TestCluster fresh = another("fresh")) {
      assertEquals(2, fresh.restore(target, QUIET).snapshots());
      cluster.assertIsIn(fresh, origin);
      cluster.assertIsIn(fresh, clone);
      assertFalse(Files.exists(fresh.underWay()));
    }
  }

  @Test
  void backup_repeated_copiesWhatIsNew_andWithoutChangesAManifestAlone() throws Exception {
    long first = cluster.backUp(target, QUIET).blocksCopied();
    var packs = packs();
    BackupReport same = cluster.backUp(target, QUIET);
    assertEquals(0, same.bytesCopied());
    assertEquals("manifest-00000002.smf", same.manifest());
    assertEquals(packs, packs());
    cluster.write(origin, 0, 3);
    cluster.keep(origin, "three", Map.of());
    long third = cluster.backUp(target, QUIET).blocksCopied();
    assertTrue(third >= 3 && third < first / 10, first + " and then " + third);
    try (TestCluster fresh = another("fresh")) {
      fresh.restore(target, QUIET);
      cluster.assertIsIn(fresh, origin);
    }
  }

  @Test
  void backup_ofOneProject_keepsWhatIsThereOfTheOthers() throws Exception {
    cluster.backUp(target, QUIET);
    cluster.write(origin, 0, 3);
    cluster.write(clone, 0, 3);
    List<Project> one =
        cluster.metadata.projects().list().stream()
            .filter(project -> project.id().equals(clone))
            .toList();
    BackupReport report = cluster.backUp(target, one, false, TestCluster.KEY_CHECK, QUIET);
    assertEquals(2, report.projects());
    try (TestCluster fresh = another("fresh")) {
      fresh.restore(target, QUIET);
      cluster.assertIsIn(fresh, clone);
      assertFalse(cluster.head(origin).root().equals(fresh.head(origin).root()), "saved as well");
    }
  }

  @Test
  void projectWithItsOwnKey_comesBack_untilItsKeyIsDestroyed() throws Exception {
    ProjectId own = cluster.createWithOwnKey(3, "own");
    cluster.write(own, 0, 20);
    cluster.keep(own, "one", Map.of());
    cluster.write(own, 5, 10);
    assertEquals(3, cluster.backUp(target, QUIET).projects());
    Path keys = target.resolve(Target.PROJECT_KEYS);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(keys)));
    try (TestCluster fresh = another("fresh")) {
      assertEquals(3, fresh.restore(target, QUIET).projects());
      for (ProjectId each : List.of(origin, clone, own)) {
        cluster.assertIsIn(fresh, each);
      }
    }
    cluster.metadata.projectKeys().destroy(own);
    List<Project> another =
        cluster.metadata.projects().list().stream()
            .filter(project -> project.id().equals(clone))
            .toList();
    BackupReport after = cluster.backUp(target, another, false, TestCluster.KEY_CHECK, QUIET);
    assertEquals(2, after.projects());
    assertFalse(Files.exists(keys), "its key is there still");
    try (TestCluster fresh = another("later")) {
      assertEquals(2, fresh.restore(target, QUIET).projects());
      assertNull(fresh.metadata.projects().find(own));
      cluster.assertIsIn(fresh, origin);
    }
  }

  @Test
  void projectKeys_thatAreDamaged_areNamed_andWithoutThemTheOthersComeBack() throws Exception {
    ProjectId own = cluster.createWithOwnKey(3, "own");
    cluster.write(own, 0, 20);
    ProjectId second = cluster.createWithOwnKey(4, "second");
    cluster.write(second, 0, 20);
    cluster.backUp(target, QUIET);
    Path keys = target.resolve(Target.PROJECT_KEYS);
    byte[] whole = Files.readAllBytes(keys);
    for (int at = 0; at < whole.length; at += 7) {
      byte[] damaged = whole.clone();
      damaged[at] ^= 1;
      Files.write(keys, damaged);
      try (TestCluster fresh = another("damaged" + at)) {
        var e = assertThrows(TargetException.class, () -> fresh.restore(target, QUIET));
        assertTrue(e.toString().contains(keys.toString()), e.toString());
      }
    }
    Files.delete(keys);
    try (TestCluster fresh = another("without")) {
      assertEquals(2, fresh.restore(target, QUIET).projects());
      assertNull(fresh.metadata.projects().find(own));
      cluster.assertIsIn(fresh, clone);
    }
    Files.write(keys, whole);
    try (TestCluster fresh = another("mended")) {
      assertEquals(4, fresh.restore(target, QUIET).projects());
      cluster.assertIsIn(fresh, second);
    }
  }

  @Test
  void backup_brokenOffAnywhere_leavesTheLastOne_andTheNextGoesOn() throws Exception {
    cluster.backUp(target, QUIET);
    BlockId before = cluster.head(origin).root();
    int calls = 0;
    for (int round = 0; ; round++) {
      cluster.write(origin, 0, FILES);
      var progress = new EndsAt(round * STRIDE);
      if (!isBrokenOff(() -> cluster.backUp(target, progress))) {
        break;
      }
      calls++;
      try (TestCluster fresh = another("old-" + round)) {
        fresh.restore(target, QUIET);
        assertEquals(before, fresh.head(origin).root());
      }
    }
    assertTrue(calls > 5, calls + " were broken off");
    try (TestCluster fresh = another("fresh")) {
      fresh.restore(target, QUIET);
      cluster.assertIsIn(fresh, origin);
      cluster.assertIsIn(fresh, clone);
    }
  }

  @Test
  void restore_brokenOffAnywhere_showsNothing_andTheNextGoesOn() throws Exception {
    cluster.backUp(target, QUIET);
    try (TestCluster fresh = another("fresh")) {
      int calls = 0;
      for (int round = 0; ; round++) {
        var progress = new EndsAt(1 + round * 37);
        if (!isBrokenOff(() -> fresh.restore(target, progress))) {
          break;
        }
        calls++;
        assertEquals(List.of(), fresh.metadata.projects().list());
        // What was put is not put again, so each attempt comes further.
        assertTrue(Files.exists(fresh.underWay()));
      }
      assertTrue(calls > 5, calls + " were broken off");
      cluster.assertIsIn(fresh, origin);
      cluster.assertIsIn(fresh, clone);
    }
  }

  @Test
  void restore_afterANewerBackup_goesOnWithThat() throws Exception {
    cluster.backUp(target, QUIET);
    try (TestCluster fresh = another("fresh")) {
      assertTrue(
          isBrokenOff(
              () ->
                  fresh.restore(
                      target,
                      (done, total) -> {
                        if (done >= total) {
                          throw new EndsAt.Ended();
                        }
                      })));
      assertFalse(fresh.metadata.heads().read(origin) == null, "the head is there already");
      cluster.write(origin, 0, 9);
      cluster.backUp(target, QUIET);
      fresh.restore(target, QUIET);
      cluster.assertIsIn(fresh, origin);
    }
  }

  @Test
  void snapshotThatIsBeingDeleted_comesAlong_asFarAsItIsThere() throws Exception {
    Snapshot gone = cluster.keep(origin, "gone", Map.of());
    assertTrue(cluster.metadata.snapshots().release(origin, gone.created(), "held"));
    cluster.write(origin, 0, FILES);
    cluster.metadata.snapshots().delete(origin, gone.created());
    // A part of what only it has is freed.
    cluster.metadata.nodes().delete(List.of(gone.root()));
    cluster.keep(origin, "gone", Map.of());
    assertTrue(cluster.backUp(target, QUIET).isComplete());
    try (TestCluster fresh = another("fresh")) {
      fresh.restore(target, QUIET);
      cluster.assertIsIn(fresh, origin);
      assertEquals(4, fresh.metadata.snapshots().listAll(origin).size());
    }
  }

  @Test
  void projectThatCannotBeRead_isNamed_andStaysAsItWasSaved() throws Exception {
    cluster.backUp(target, QUIET);
    BlockId saved = cluster.head(origin).root();
    cluster.write(origin, 0, 3);
    cluster.write(clone, 0, 3);
    cluster.metadata.lose(cluster.head(origin).root());
    BackupReport report = cluster.backUp(target, QUIET);
    assertEquals(1, report.failures().size());
    assertTrue(report.failures().getFirst().contains("a-origin"), report.toString());
    try (TestCluster fresh = another("fresh")) {
      fresh.restore(target, QUIET);
      assertEquals(saved, fresh.head(origin).root());
      cluster.assertIsIn(fresh, clone);
    }
    cluster.write(clone, 0, 3); // a tree that the target has not got
    cluster.metadata.lose(cluster.head(clone).root());
    assertThrows(DaemonException.Failed.class, () -> cluster.backUp(target, QUIET));
  }

  @Test
  void damage_isFound_andTheFileNamed() throws Exception {
    cluster.backUp(target, QUIET);
    Path pack = target.resolve("packs").resolve(packs().first());
    Path manifest = target.resolve("manifest-00000001.smf");
    Path header = target.resolve("salvus-backup");
    for (Path file : List.of(pack, manifest, header)) {
      byte[] good = Files.readAllBytes(file);
      byte[] flipped = good.clone();
      flipped[good.length / 3] ^= 4;
      for (byte[] bad : List.of(flipped, Arrays.copyOf(good, good.length - 7), new byte[0])) {
        Files.write(file, bad);
        assertRefused(file.getFileName().toString());
      }
      Files.write(file, good);
    }
    Files.delete(pack);
    assertRefused(pack.getFileName().toString());
    var refused = assertThrows(TargetException.class, () -> cluster.backUp(target, QUIET));
    assertTrue(
        String.valueOf(refused.getMessage()).contains(pack.toString()), refused.getMessage());
  }

  private void assertRefused(String expected) throws Exception {
    try (TestCluster fresh = another("damaged-" + damaged++)) {
      var refused = assertThrows(TargetException.class, () -> fresh.restore(target, QUIET));
      assertTrue(String.valueOf(refused.getMessage()).contains(expected), refused.getMessage());
      assertEquals(List.of(), fresh.metadata.projects().list());
    }
  }

  @Test
  void directoriesThatAreNoTargets_areRefused_andStayAsTheyAre() throws Exception {
    Path used = Files.createDirectory(directory.resolve("used"));
    Files.writeString(used.resolve("thesis.tex"), "x");
    assertSentence("thesis.tex", () -> cluster.backUp(used, QUIET));
    assertEquals(1, Objects.requireNonNull(used.toFile().list()).length);
    assertSentence("mounted", () -> cluster.backUp(directory.resolve("no/such"), QUIET));
    assertSentence("not a directory", () -> cluster.backUp(used.resolve("thesis.tex"), QUIET));
    cluster.backUp(target, QUIET);
    byte[] otherKey = new byte[16];
    var all = cluster.metadata.projects().list();
    assertSentence("another key", () -> cluster.backUp(target, all, true, otherKey, QUIET));
    try (TestCluster fresh = another("fresh")) {
      assertSentence("another key", () -> fresh.restore(target, otherKey, QUIET));
      assertSentence("no backup", () -> fresh.restore(directory.resolve("none"), QUIET));
      fresh.create(8, "demo");
      assertSentence("demo", () -> fresh.restore(target, QUIET));
      assertFalse(Files.exists(fresh.underWay()));
    }
  }

  @FunctionalInterface
  private interface Run {
    Object go() throws IOException, DaemonException;
  }

  private static void assertSentence(String word, Run run) {
    var refused = assertThrows(TargetException.class, run::go);
    assertTrue(String.valueOf(refused.getMessage()).contains(word), refused.getMessage());
  }

  private static boolean isBrokenOff(Run run) throws IOException, DaemonException {
    try {
      run.go();
      return false;
    } catch (EndsAt.Ended e) {
      return true;
    }
  }

  /** Breaks a run off. */
  private static final class EndsAt implements CheckProgress {
    static final class Ended extends RuntimeException {
      private static final long serialVersionUID = 1;
    }

    private final AtomicInteger left;

    EndsAt(int call) {
      left = new AtomicInteger(call);
    }

    @Override
    public void at(long done, long total) {
      if (left.getAndDecrement() == 0) {
        throw new Ended();
      }
    }
  }

  private SortedSet<String> packs() throws IOException {
    try (Stream<Path> files = Files.list(target.resolve("packs"))) {
      var names = new TreeSet<String>();
      files.forEach(file -> names.add(file.getFileName().toString()));
      return names;
    }
  }
}
