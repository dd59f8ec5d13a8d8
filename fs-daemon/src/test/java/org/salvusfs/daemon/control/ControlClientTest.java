package org.salvusfs.daemon.control;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.api.TestApi;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.datadir.SmallFile;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.EventStatus;
import org.salvusfs.daemon.management.FakeDaemon;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ManagedTrash;
import org.salvusfs.daemon.management.QuotaStatus;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.quota.policy.QuotaRule;

/** Commands ask, and hear what the daemon says. */
final class ControlClientTest {
  @TempDir private Path data = Path.of("");
  private final FakeDaemon daemon = new FakeDaemon();
  private Optional<TestApi> api = Optional.empty();
  private Layout layout = new Layout(Path.of(""));

  @BeforeEach
  void serve() throws Exception {
    api = Optional.of(TestApi.serving(data, daemon));
    layout = Layout.of(data);
  }

  @AfterEach
  void close() {
    api.ifPresent(TestApi::close);
  }

  private ControlClient client() throws DaemonException {
    return ControlClient.of(layout);
  }

  @Test
  void status_travelsWhole() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    assertEquals(daemon.status(), client().status());
  }

  @Test
  void createProject_isThereAfterwards() throws Exception {
    var made =
        client()
            .createProject(
                "a b/ü".replace("/", "&"),
                Optional.of(Durability.QUORUM),
                Optional.of(Compression.ZSTD));
    assertEquals("quorum", made.durability());
    assertEquals(made, client().project(made.name()));
    assertEquals(made, client().project(made.id()));
    assertEquals(List.of(made), client().projects());
  }

  @Test
  void export_arrivesWhole_withItsReport() throws Exception {
    daemon.createProject("a b", Optional.empty(), Optional.empty());
    daemon.plant("sück: a socket");
    var out = new ByteArrayOutputStream();
    var report = client().exports().export("a b", Optional.empty(), out);
    assertEquals(report.bytes(), out.size());
    assertTrue(out.size() > 500_000 && out.toString(UTF_8).startsWith("a b is here\n"));
    assertEquals(List.of("sück: a socket"), report.leftOut());
    client().snapshots().create("a b", Optional.of("s/1".replace('/', '%')), "");
    out.reset();
    client().exports().export("a b", Optional.of("s%1"), out);
    assertTrue(out.toString(UTF_8).startsWith("a b@s%1 is here\n"));
  }

  @Test
  void export_thatEndsInTheMiddle_fails_withTheReason() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    daemon.plant("damage");
    var out = new ByteArrayOutputStream();
    var failed =
        assertThrows(
            DaemonException.Failed.class,
            () -> client().exports().export("demo", Optional.empty(), out));
    assertEquals("exporting demo ended at a/ü: it is damaged", failed.getMessage());
    assertTrue(out.size() > 0);
    // And the next request is answered.
    assertEquals("demo", client().project("demo").name());
  }

  @Test
  void export_thatCannotBegin_orBeWritten_isRefused() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    var out = new ByteArrayOutputStream();
    assertThrows(
        DaemonException.UnknownProject.class,
        () -> client().exports().export("none", Optional.empty(), out));
    assertThrows(
        DaemonException.UnknownSnapshot.class,
        () -> client().exports().export("demo", Optional.of("none"), out));
    assertEquals(0, out.size());
    var full =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    var obstructed =
        assertThrows(
            DaemonException.Obstructed.class,
            () -> client().exports().export("demo", Optional.empty(), full));
    assertTrue(String.valueOf(obstructed.getMessage()).contains("No space left"));
  }

  @Test
  void refusals_arriveAsTheyWereThrown() throws Exception {
    client().createProject("demo", Optional.empty(), Optional.empty());
    assertThrows(
        DaemonException.NameTaken.class,
        () -> client().createProject("demo", Optional.empty(), Optional.empty()));
    assertThrows(
        DaemonException.Invalid.class,
        () -> client().createProject("a/b", Optional.empty(), Optional.empty()));
    var e = assertThrows(DaemonException.UnknownProject.class, () -> client().project("none"));
    assertEquals("there is no project none", e.getMessage());
    assertThrows(
        DaemonException.UnknownProject.class,
        () -> client().check("none", false, (done, total) -> {}));
  }

  @Test
  void check_reportsProgressAndThenTheFindings() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    daemon.plant("inode 7: link count 2 should be 1");
    var steps = new ArrayList<Long>();
    var report = client().check("demo", false, (done, total) -> steps.add(done));
    assertEquals(List.of("inode 7: link count 2 should be 1"), report.findings());
    assertEquals(0, report.repaired());
    assertEquals(10, steps.getLast());
    assertEquals(steps.stream().sorted().toList(), steps);
    assertEquals(1, client().check("demo", true, (done, total) -> {}).repaired());
  }

  @Test
  void check_failingHalfWay_arrivesAsARefusal() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    daemon.plant("cassandra away");
    assertThrows(
        DaemonException.Unavailable.class,
        () -> client().check("demo", false, (done, total) -> {}));
  }

  @Test
  void setLimits_travelsWhole() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    var change = new LimitsChange(new QuotaRule(2, 3000), 1000L, 60L, 10L, 16L);
    assertEquals(
        new QuotaStatus(3000L, 1000L, 60, null, 10L, 16),
        client().setLimits("demo", change).project().quota());
    var removal = new LimitsChange(QuotaRule.NONE, Limits.UNLIMITED, null, Limits.UNLIMITED, null);
    var quota = client().setLimits("demo", removal).project().quota();
    assertEquals(Limits.UNLIMITED, quota.bytes());
    assertEquals(Limits.UNLIMITED, quota.softBytes());
    assertEquals(Limits.UNLIMITED, quota.inodes());
  }

  @Test
  void tokens_madeListedRevoked() throws Exception {
    var made = client().createToken(new Messages.NewToken("ci", "read", null, 60L));
    assertEquals(List.of(made.token()), client().tokens());
    assertThrows(
        DaemonException.NameTaken.class,
        () -> client().createToken(new Messages.NewToken("ci", "admin", null, null)));
    client().revokeToken("ci");
    assertEquals(List.of(), client().tokens());
    assertThrows(DaemonException.Invalid.class, () -> client().revokeToken("ci"));
  }

  @Test
  void snapshots_travelWhole() throws Exception {
    daemon.createProject("a/b?".replace("/", "&"), Optional.empty(), Optional.empty());
    ManagedSnapshots snapshots = client().snapshots();
    var made = snapshots.create("a&b?", Optional.of("q 1/2".replace("/", "%")), "why");
    assertEquals(List.of(made), snapshots.list("a&b?"));
    assertEquals(made, snapshots.show("a&b?", "q 1%2"));
    assertEquals("2026-11-21T14-05-00Z", snapshots.create("a&b?", Optional.empty(), "").name());
    assertEquals(List.of("x"), snapshots.hold("a&b?", made.name(), "x").holds());
    assertThrows(DaemonException.Held.class, () -> snapshots.delete("a&b?", made.name()));
    assertEquals(List.of(), snapshots.release("a&b?", made.name(), "x").holds());
    assertEquals("c", snapshots.cloneProject("a&b?", Optional.of(made.name()), "c").name());
    assertEquals("now", snapshots.diff("a&b?", made.name(), Optional.empty()).get(0).pathAfter());
    assertEquals("x y", snapshots.diff("a&b?", made.name(), Optional.of("x y")).get(0).pathAfter());
    assertEquals("before-" + made.name(), snapshots.rollback("a&b?", made.name()).name());
    snapshots.delete("a&b?", made.name());
    assertThrows(DaemonException.UnknownSnapshot.class, () -> snapshots.show("a&b?", made.name()));
    assertThrows(DaemonException.UnknownProject.class, () -> snapshots.list("none"));
  }

  @Test
  void followEvents_hearsWhatHappens_untilTheDaemonEnds() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    var heard = new LinkedBlockingQueue<EventStatus>();
    var client = client();
    var end =
        CompletableFuture.supplyAsync(
            () ->
                assertThrows(
                    DaemonException.class,
                    () -> client.followEvents(Optional.of("demo"), 7, 50, heard::add)));
    var first = heard.poll(30, TimeUnit.SECONDS);
    assertEquals("7 days, 50 at most", first == null ? "" : first.detail());
    var next = new EventStatus("2026-11-21T14:00:00.5Z", "demo", "quota-hit", "ü \n");
    daemon.happen(next);
    assertEquals(next, heard.poll(30, TimeUnit.SECONDS));
    DaemonFile.delete(layout);
    close();
    assertInstanceOf(DaemonException.NotRunning.class, end.get(30, TimeUnit.SECONDS));
    assertEquals(0, heard.size());
  }

  @Test
  void followEvents_ofAnUnknownProject_isRefused() {
    assertThrows(
        DaemonException.UnknownProject.class,
        () -> client().followEvents(Optional.of("none"), 7, 50, event -> {}));
  }

  @Test
  void restoreAndPolicy_travelWhole() throws Exception {
    daemon.createProject("a&b", Optional.empty(), Optional.empty());
    ManagedSnapshots snapshots = client().snapshots();
    snapshots.create("a&b", Optional.of("one"), "");
    assertEquals("before-ü x", snapshots.restore("a&b", "one", "ü x", Optional.empty()).name());
    assertEquals("before-y", snapshots.restore("a&b", "one", "x", Optional.of("y")).name());
    assertThrows(
        DaemonException.Invalid.class,
        () -> snapshots.restore("a&b", "one", "none", Optional.empty()));
    assertEquals("1h:2,1d:3", snapshots.setPolicy("a&b", "1h:2,1d:3").snapshots());
    assertThrows(DaemonException.Invalid.class, () -> snapshots.setPolicy("a&b", "often"));
  }

  @Test
  void trash_travelsWhole() throws Exception {
    var made = daemon.createProject("a&b", Optional.empty(), Optional.empty());
    daemon.createProject("held", Optional.empty(), Optional.empty());
    ManagedTrash trash = client().trash();
    assertEquals(List.of(), trash.list());
    var deleted = trash.delete("a&b");
    assertEquals(made.id(), deleted.id());
    assertEquals(List.of(deleted), trash.list());
    assertThrows(DaemonException.UnknownProject.class, () -> client().project("a&b"));
    assertEquals(made, trash.undelete("a&b"));
    assertThrows(DaemonException.Invalid.class, () -> trash.purge("a&b", false));
    trash.delete("held");
    assertThrows(DaemonException.Held.class, () -> trash.purge("held", false));
    assertTrue(trash.purge("held", true).isKeptForClones());
    assertThrows(DaemonException.UnknownProject.class, () -> trash.delete("held"));
  }

  @Test
  void handOver_isAskedForOnce() throws Exception {
    client().requestHandOver();
    assertThrows(DaemonException.Failed.class, () -> client().requestHandOver());
  }

  @Test
  void stop_isHeardByTheDaemon() throws Exception {
    assertEquals(ProcessHandle.current().pid(), client().stop());
    assertTrue(daemon.awaitStopRequest(Duration.ZERO));
  }

  @Test
  void commit_returns() throws Exception {
    client().commit();
  }

  @Test
  void client_ofAnotherDaemonsPort_saysThatNoneRuns() throws Exception {
    SmallFile.write(layout.controlToken(), "of another\n");
    assertThrows(DaemonException.NotRunning.class, () -> client().status());
  }

  @Test
  void client_withoutDaemonOrAfterAKill_saysThatNoneRuns() throws Exception {
    close();
    assertThrows(DaemonException.NotRunning.class, () -> client().status());
    DaemonFile.delete(layout);
    assertThrows(DaemonException.NotRunning.class, this::client);
  }

  @Test
  void client_damagedDaemonFile_saysWhatToDo() throws Exception {
    Files.writeString(layout.daemonFile(), "{");
    var e = assertThrows(DaemonException.Obstructed.class, this::client);
    assertTrue(String.valueOf(e.getMessage()).contains("delete it"));
  }
}
