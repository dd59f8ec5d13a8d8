package org.salvusfs.daemon.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.datadir.SmallFile;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FakeDaemon;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ManagedTrash;
import org.salvusfs.metadata.api.Durability;

final class ControlChannelTest {
  private static final String TOKEN = "correct-horse";

  @TempDir private Path data = Path.of("");
  private final FakeDaemon daemon = new FakeDaemon();
  private final ControlServer server = bind();
  private Layout layout = new Layout(Path.of(""));

  private static ControlServer bind() {
    try {
      return ControlServer.bind(0, TOKEN);
    } catch (DaemonException e) {
      throw new AssertionError("no free port", e);
    }
  }

  @BeforeEach
  void announce() throws Exception {
    server.serve(daemon, () -> "salvus_up 1\n", Runnable::run);
    layout = Layout.of(data);
    SmallFile.write(layout.controlToken(), TOKEN + "\n");
    new DaemonFile(ProcessHandle.current().pid(), server.port(), "/projects").write(layout);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private ControlClient client() throws DaemonException {
    return ControlClient.of(layout);
  }

  @Test
  void status_travelsWhole() throws Exception {
    daemon.createProject("demo", Optional.empty());
    assertEquals(daemon.status(), client().status());
  }

  @Test
  void createProject_isThereAfterwards() throws Exception {
    var made = client().createProject("a b/ü".replace("/", "&"), Optional.of(Durability.QUORUM));
    assertEquals("quorum", made.durability());
    assertEquals(made, client().project(made.name()));
    assertEquals(made, client().project(made.id()));
    assertEquals(List.of(made), client().projects());
  }

  @Test
  void refusals_arriveAsTheyWereThrown() throws Exception {
    client().createProject("demo", Optional.empty());
    assertThrows(
        DaemonException.NameTaken.class, () -> client().createProject("demo", Optional.empty()));
    assertThrows(
        DaemonException.Invalid.class, () -> client().createProject("a/b", Optional.empty()));
    var e = assertThrows(DaemonException.UnknownProject.class, () -> client().project("none"));
    assertEquals("there is no project none", e.getMessage());
    assertThrows(
        DaemonException.UnknownProject.class,
        () -> client().check("none", false, (done, total) -> {}));
  }

  @Test
  void check_reportsProgressAndThenTheFindings() throws Exception {
    daemon.createProject("demo", Optional.empty());
    daemon.plant("inode 7: link count 2 should be 1");
    var steps = new ArrayList<Long>();
    var report = client().check("demo", false, (done, total) -> steps.add(done));
    assertEquals(List.of("inode 7: link count 2 should be 1"), report.findings());
    assertEquals(0, report.repaired());
    assertEquals(11, steps.size());
    assertEquals(1, client().check("demo", true, (done, total) -> {}).repaired());
  }

  @Test
  void check_failingHalfWay_arrivesAsARefusal() throws Exception {
    daemon.createProject("demo", Optional.empty());
    daemon.plant("cassandra away");
    assertThrows(
        DaemonException.Unavailable.class,
        () -> client().check("demo", false, (done, total) -> {}));
  }

  @Test
  void snapshots_travelWhole() throws Exception {
    daemon.createProject("a/b?".replace("/", "&"), Optional.empty());
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
  void restoreAndPolicy_travelWhole() throws Exception {
    daemon.createProject("a&b", Optional.empty());
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
    var made = daemon.createProject("a&b", Optional.empty());
    daemon.createProject("held", Optional.empty());
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
  void wrongToken_isRefused_metricsAreOpen() throws Exception {
    assertEquals(401, get("/status").getResponseCode());
    var metrics = get("/metrics");
    assertEquals(200, metrics.getResponseCode());
    assertEquals(
        "salvus_up 1\n",
        new String(metrics.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  private HttpURLConnection get(String path) throws Exception {
    var connection =
        (HttpURLConnection)
            URI.create("http://127.0.0.1:" + server.port() + path).toURL().openConnection();
    connection.setRequestProperty("Authorization", "Bearer wrong-horse");
    return connection;
  }

  @Test
  void client_ofAnotherDaemonsPort_saysThatNoneRuns() throws Exception {
    SmallFile.write(layout.controlToken(), "of another\n");
    assertThrows(DaemonException.NotRunning.class, () -> client().status());
  }

  @Test
  void client_withoutDaemonOrAfterAKill_saysThatNoneRuns() throws Exception {
    server.close();
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

  @Test
  void bind_takenPort_isRefused() {
    var e =
        assertThrows(
            DaemonException.Obstructed.class, () -> ControlServer.bind(server.port(), TOKEN));
    assertTrue(String.valueOf(e.getMessage()).contains("port " + server.port()));
  }
}
