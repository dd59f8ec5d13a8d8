package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.bucket.S3Server;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.metadata.api.ProjectId;

/** Backups of clusters in a bucket of a real S3 server, which may be away. */
class BucketBackupTest {
  private static final int FILES = 200;
  private static final BucketDepot.Sizes SIZES = new BucketDepot.Sizes(100_000, 8000);
  private static final CheckProgress QUIET = (done, total) -> assertTrue(done <= total);

  @TempDir Path directory = Path.of("");
  private final S3Server server;
  private final TestCluster cluster;
  private ProjectId origin = new ProjectId(new UUID(0, 0));
  private ProjectId clone = new ProjectId(new UUID(0, 0));
  private int restores;

  BucketBackupTest(@TempDir Path data) throws Exception {
    server = new S3Server("backups");
    cluster = new TestCluster(data.resolve("here"), 3);
  }

  @BeforeEach
  void create() throws IOException {
    clone = cluster.create(2, "clone");
    cluster.write(clone, 0, 5);
    origin = cluster.create(1, "a-origin");
    cluster.write(origin, 0, FILES);
    cluster.keep(origin, "one", Map.of(clone, new UUID(6, 6)));
    cluster.write(origin, 10, 20);
  }

  @AfterEach
  void close() throws Exception {
    cluster.close();
    server.close();
  }

  private Depot depot(String place, String installation) throws IOException {
    return BucketDepot.open(
        server.name(place), directory.resolve(installation), installation, SIZES);
  }

  private Depot depot() throws IOException {
    return depot("backups/site", "here");
  }

  private BackupReport backUp(CheckProgress progress) throws Exception {
    try (Depot depot = depot()) {
      return cluster.backUp(depot, progress);
    }
  }

  @FunctionalInterface
  private interface Look {
    void at(TestCluster restored) throws Exception;
  }

  /** Restores from the bucket alone, into a cluster and an installation that know nothing. */
  private void restored(Look look) throws Exception {
    String name = "fresh-" + restores++;
    try (TestCluster fresh = new TestCluster(directory.resolve(name + "-cluster"), 0);
        Depot depot = depot("backups/site", name)) {
      fresh.restore(depot, TestCluster.KEY_CHECK, QUIET);
      look.at(fresh);
    }
  }

  @Test
  void restore_fromTheBucketAlone_isWhatWasSaved() throws Exception {
    BackupReport report = backUp(QUIET);
    assertTrue(report.isComplete());
    assertTrue(report.target().startsWith("s3://backups/site?endpoint="), report.target());
    restored(
        fresh -> {
          cluster.assertIsIn(fresh, origin);
          cluster.assertIsIn(fresh, clone);
        });
  }

  @Test
  void backup_repeated_copiesWhatIsNew_andWithoutChangesAManifestAlone() throws Exception {
    long first = backUp(QUIET).blocksCopied();
    try (Depot depot = depot()) {
      Map<String, Long> packs = depot.packs();
      assertTrue(packs.size() > 3, packs.toString());
      assertEquals(0, backUp(QUIET).bytesCopied());
      assertEquals(packs, depot.packs());
      assertEquals(
          List.of("manifest-00000001.smf", "manifest-00000002.smf", "packs", "salvus-backup"),
          depot.list());
    }
    cluster.write(origin, 0, 3);
    long third = backUp(QUIET).blocksCopied();
    assertTrue(third >= 3 && third < first / 10, first + " and then " + third);
    restored(fresh -> cluster.assertIsIn(fresh, origin));
  }

  @Test
  void serverThatGoesAwayAnywhere_leavesTheLastBackup_andTheNextGoesOn() throws Exception {
    backUp(QUIET);
    BlockId before = cluster.head(origin).root();
    cluster.write(origin, 0, FILES);
    int cuts = 0;
    for (int calls = 3; ; calls += 97) {
      var failed = failedWhenTheServerLeaves(calls);
      if (failed == null) {
        break;
      }
      cuts++;
      assertTrue(failed.contains("does not answer"), failed);
      assertTrue(failed.contains("run this again"), failed);
      restored(fresh -> assertEquals(before, fresh.head(origin).root()));
    }
    assertTrue(cuts >= 3, cuts + " cuts");
    backUp(QUIET);
    restored(fresh -> cluster.assertIsIn(fresh, origin));
  }

  /** What a backup says whose server leaves during a call of the progress; null: there is none. */
  private @Nullable String failedWhenTheServerLeaves(int atCall) throws Exception {
    int[] left = {atCall};
    CheckProgress leaving =
        (done, total) -> {
          if (left[0]-- == 0) {
            leave();
          }
        };
    try {
      backUp(leaving);
      return left[0] < 0 ? "the backup did not notice" : null;
    } catch (TargetException e) {
      return String.valueOf(e.getMessage());
    } finally {
      if (left[0] < 0) {
        server.comeBack();
      }
    }
  }

  private void leave() {
    try {
      server.leave();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void backup_brokenOff_uploadsInOrder_andTheNextGoesOn() throws Exception {
    int[] left = {300};
    var ended = new UncheckedIOException(new IOException("ended"));
    assertThrows(
        UncheckedIOException.class,
        () ->
            backUp(
                (done, total) -> {
                  if (left[0]-- == 0) {
                    throw ended;
                  }
                }));
    long copied = backUp(QUIET).blocksCopied();
    assertTrue(copied < FILES, copied + " after " + 300);
    restored(fresh -> cluster.assertIsIn(fresh, origin));
  }

  @Test
  void restore_whoseServerGoesAway_goesOnWhenItIsBack() throws Exception {
    backUp(QUIET);
    try (TestCluster fresh = new TestCluster(directory.resolve("cut-cluster"), 0);
        Depot depot = depot("backups/site", "cut")) {
      int[] left = {30};
      var failed =
          assertThrows(
              TargetException.class,
              () ->
                  fresh.restore(
                      depot,
                      TestCluster.KEY_CHECK,
                      (done, total) -> {
                        if (left[0]-- == 0) {
                          leave();
                        }
                      }));
      assertTrue(String.valueOf(failed.getMessage()).contains("does not answer"));
      assertEquals(List.of(), fresh.metadata.projects().list());
      server.comeBack();
      fresh.restore(depot, TestCluster.KEY_CHECK, QUIET);
      cluster.assertIsIn(fresh, origin);
    }
  }

  @Test
  void damage_isFound_andTheObjectNamed() throws Exception {
    backUp(QUIET);
    try (Depot depot = depot()) {
      String pack = Target.PACKS + "/" + depot.packs().keySet().iterator().next();
      for (String object : List.of(pack, "manifest-00000001.smf", "salvus-backup")) {
        byte[] good = depot.get(object);
        byte[] flipped = good.clone();
        flipped[good.length / 3] ^= 4;
        for (byte[] bad : List.of(flipped, Arrays.copyOf(good, good.length - 7), new byte[0])) {
          depot.put(object, bad);
          assertRefused(object.substring(object.lastIndexOf('/') + 1));
        }
        depot.put(object, good);
      }
      byte[] good = depot.get(pack);
      byte[] flipped = good.clone();
      flipped[good.length - 20] ^= 4; // in its trailer: it would be written to, in a directory
      depot.put(pack, flipped);
      assertRefused("s3://backups/site/" + pack + " is damaged");
      depot.delete(pack);
      assertRefused("s3://backups/site/" + pack + " is damaged");
      depot.put(pack, good);
    }
    restored(fresh -> cluster.assertIsIn(fresh, origin));
  }

  private void assertRefused(String expected) throws Exception {
    var refused = assertThrows(TargetException.class, () -> restored(fresh -> {}));
    assertTrue(String.valueOf(refused.getMessage()).contains(expected), refused.getMessage());
  }

  @Test
  void placesThatAreNoTargets_areRefused_andStayAsTheyAre() throws Exception {
    try (Depot used = depot("backups/used", "here")) {
      used.put("thesis.tex", "x".getBytes(UTF_8));
      assertSentence("(thesis.tex)", () -> cluster.backUp(used, QUIET));
      assertEquals(List.of("thesis.tex"), used.list());
    }
    try (Depot missing = depot("missing/x", "here")) {
      assertSentence("there is no bucket", () -> cluster.backUp(missing, QUIET));
    }
    backUp(QUIET);
    byte[] otherKey = new byte[16];
    try (Depot depot = depot();
        TestCluster fresh = new TestCluster(directory.resolve("fresh-cluster"), 0)) {
      List<String> before = depot.list();
      var all = cluster.metadata.projects().list();
      assertSentence("another key", () -> cluster.backUp(depot, all, true, otherKey, QUIET));
      assertSentence("another key", () -> fresh.restore(depot, otherKey, QUIET));
      assertEquals(before, depot.list());
      assertFalse(before.contains(BucketDepot.WRITER), before.toString());
    }
    try (Depot empty = depot("backups/empty", "here");
        TestCluster fresh = new TestCluster(directory.resolve("empty-cluster"), 0)) {
      assertSentence(
          "no backup in s3://backups/empty",
          () -> fresh.restore(empty, TestCluster.KEY_CHECK, QUIET));
    }
  }

  @FunctionalInterface
  private interface Run {
    Object go() throws Exception;
  }

  private static void assertSentence(String word, Run run) {
    var refused = assertThrows(TargetException.class, run::go);
    assertTrue(String.valueOf(refused.getMessage()).contains(word), refused.getMessage());
  }
}
