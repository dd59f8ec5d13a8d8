package org.salvusfs.daemon.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.api.TestApi;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.DaemonFile;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FakeDaemon;
import org.salvusfs.daemon.management.GarbageRun;

/** Commands as a person gives them, against a fake daemon behind a real API. */
final class CommandsTest {
  @TempDir private Path data = Path.of("");
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private final FakeDaemon daemon = new FakeDaemon();
  private final ArrayList<DaemonConfig> started = new ArrayList<>();
  private Optional<DaemonException> refusal = Optional.empty();
  private Optional<TestApi> api = Optional.empty();

  @BeforeEach
  void serve() throws Exception {
    api = Optional.of(TestApi.serving(data, daemon));
  }

  @AfterEach
  void close() {
    api.ifPresent(TestApi::close);
  }

  /** Standard input of the next commands. */
  private byte[] in = {};

  private int salvus(String... words) {
    var all = new ArrayList<>(Arrays.asList(words));
    all.add("--data=" + data);
    return plain(all.toArray(String[]::new));
  }

  /** A command that is about no installation. */
  private int plain(String... words) {
    out.reset();
    err.reset();
    var session =
        new Session(
            new ByteArrayInputStream(in),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            data,
            (config, progress) -> {
              started.add(config);
              if (refusal.isPresent()) {
                throw refusal.get();
              }
              progress.accept("starting");
              return daemon;
            },
            (config, progress) -> {
              started.add(config);
              progress.accept("taking over");
              return daemon;
            },
            () -> 0,
            new SecureRandom());
    return Main.run(session, words);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  /** Standard error, after making sure that it is one line. */
  private String sentence() {
    var text = err.toString(StandardCharsets.UTF_8);
    assertEquals(1, text.lines().count(), text);
    assertTrue(text.startsWith("salvus: "), text);
    assertEquals("", out());
    return text;
  }

  @Test
  void status_showsDaemonProjectsAndOperations() {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("status"));
    for (var word : new String[] {"demo", "grinzing", "/projects", "lookup", "99.9", "pid 42"}) {
      assertTrue(out().contains(word), word + " in\n" + out());
    }
  }

  @Test
  void statusJson_hasTheFieldsThatScriptsNeed() throws Exception {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("status", "--json"));
    var json = new ObjectMapper().readTree(out());
    assertTrue(json.at("/daemon/pid").isIntegralNumber());
    assertEquals(42, json.at("/cassandra/pid").asInt());
    assertEquals("/projects", json.at("/mount").asText());
    assertTrue(json.at("/host").isTextual());
    assertEquals("demo", json.at("/projects/0/name").asText());
    assertEquals(1000, json.at("/projects/0/bytes").asInt());
    assertEquals(7, json.at("/projects/0/inodes").asInt());
    assertEquals(5, json.at("/projects/0/txg").asInt());
    assertEquals("host", json.at("/projects/0/durability").asText());
    assertEquals(12, json.at("/operations/lookup/count").asInt());
    assertEquals(3, json.at("/operations/lookup/errors").asInt());
    assertEquals(99.9, json.at("/operations/lookup/p99Micros").asDouble());
  }

  @Test
  void project_createListShow() throws Exception {
    assertEquals(0, salvus("project", "create", "demo", "--durability", "quorum"));
    assertTrue(out().endsWith(" demo\n"));
    assertEquals(0, salvus("project", "list"));
    assertTrue(out().contains("quorum"));
    assertEquals(0, salvus("project", "show", "demo", "--json"));
    assertEquals("demo", new ObjectMapper().readTree(out()).at("/name").asText());
  }

  @Test
  void bill_showsWhatIsHeldAndFreed() throws Exception {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("bill", "demo"));
    for (var word :
        new String[] {
          "live       5M in 7 inodes",
          "3M that",
          "at most 2M",
          "9M by all",
          "full",
          "x, 2 clones",
          "4M, and 6M with",
          "1M is shared",
          "+- 1K"
        }) {
      assertTrue(out().contains(word), word + " in\n" + out());
    }
    assertEquals(0, salvus("bill", "demo", "--json"));
    var json = new ObjectMapper().readTree(out());
    assertEquals(1 << 20, json.at("/snapshots/0/freedBytes").asLong());
    assertEquals(6, salvus("bill", "none"));
  }

  @Test
  void projectSet_storage_isShown_andWhatHoldsLaterIsSaid() throws Exception {
    salvus("project", "create", "demo", "--durability", "host", "--compression", "zstd");
    assertEquals(0, salvus("project", "show", "demo"));
    assertTrue(out().contains("durability host\ncompression zstd"), out());
    assertEquals(
        0, salvus("project", "set", "demo", "--durability", "quorum", "--compression", "lz4"));
    assertTrue(
        err.toString(StandardCharsets.UTF_8)
            .contains("demo: its durability is host until it is opened next"));
    assertEquals(0, salvus("project", "show", "demo"));
    assertTrue(out().contains("durability quorum when it is opened next, host until then"), out());
    assertTrue(out().contains("compression lz4"), out());
    assertEquals(0, salvus("project", "set", "demo", "--compression", "zstd", "--quota", "512"));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("full"));
    assertEquals(2, salvus("project", "set", "demo", "--compression", "gzip"));
    assertTrue(
        err.toString(StandardCharsets.UTF_8)
            .contains("--compression is lz4 or zstd, not \"gzip\""));
    assertFalse(out().contains("its own"), out());
    assertEquals(0, salvus("project", "create", "secret", "--own-key"));
    assertEquals(0, salvus("project", "show", "secret"));
    assertTrue(out().contains("key     its own"), out());
    assertEquals(2, salvus("project", "create", "x", "--durability", "none"));
    assertTrue(
        err.toString(StandardCharsets.UTF_8)
            .contains("--durability is host or quorum, not \"none\""));
  }

  @Test
  void projectSet_changesLimits_andWarnsOnStandardError() throws Exception {
    salvus("project", "create", "demo");
    assertEquals(
        0,
        salvus(
            "project",
            "set",
            "demo",
            "--quota",
            "2x,1.5K",
            "--soft",
            "1K",
            "--grace",
            "2w",
            "--inodes",
            "10",
            "--reserve",
            "16"));
    assertTrue(out().contains("50% of 1.9K"), out());
    assertEquals(0, salvus("project", "show", "demo"));
    for (var word :
        new String[] {
          "quota   1.9K, of which root alone may use 16", "soft    1K, for 14d", "inodes  7 of 10"
        }) {
      assertTrue(out().contains(word), word + " in\n" + out());
    }
    assertEquals(0, salvus("project", "set", "demo", "--quota", "512", "--json"));
    var json = new ObjectMapper().readTree(out());
    assertEquals(512, json.at("/0/project/quota/bytes").asLong());
    assertEquals("demo: it is full\n", err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void projectSet_whatMakesNoSense_isRefused() {
    salvus("project", "create", "demo");
    assertEquals(2, salvus("project", "set", "demo", "--quota", "1G", "--soft", "2G"));
    assertTrue(sentence().contains("soft limit"));
    assertEquals(6, salvus("project", "set", "none", "--quota", "1G"));
    assertTrue(sentence().contains("none"));
    for (var words :
        List.of(
            List.of("--quota", "much"),
            List.of("--quota", "-1"),
            List.of("--soft", "2x"),
            List.of("--grace", "soon"),
            List.of("--inodes", "1.5"),
            List.<String>of())) {
      var all = new ArrayList<>(List.of("project", "set", "demo"));
      all.addAll(words);
      assertEquals(2, salvus(all.toArray(String[]::new)), words.toString());
    }
  }

  @Test
  void events_ofOneAndOfAll() throws Exception {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("events", "demo", "--days", "7"));
    assertTrue(out().contains("quota-hit  7 days, 100 at most"), out());
    assertEquals(0, salvus("events", "--most", "3", "--json"));
    var json = new ObjectMapper().readTree(out());
    assertEquals("all", json.at("/0/project").asText());
    assertEquals("30 days, 3 at most", json.at("/0/detail").asText());
    assertEquals(6, salvus("events", "none"));
  }

  @Test
  void project_refusals_areOneSentenceWithTheirOwnExitCode() {
    salvus("project", "create", "demo");
    assertEquals(7, salvus("project", "create", "demo"));
    assertTrue(sentence().contains("\"demo\""));
    assertEquals(6, salvus("project", "show", "none"));
    assertTrue(sentence().contains("none"));
    assertEquals(2, salvus("project", "create", "a/b"));
    assertTrue(sentence().contains("slash"));
  }

  @Test
  void snapshot_createListShowHoldDelete() throws Exception {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("snapshot", "create", "demo"));
    assertEquals("2026-11-21T14-05-00Z\n", out());
    assertEquals(0, salvus("snapshot", "create", "demo", "first", "--comment", "to keep"));
    assertEquals(0, salvus("snapshot", "list", "demo"));
    assertTrue(out().contains("first") && out().contains("to keep"), out());
    assertEquals(0, salvus("snapshot", "show", "demo", "first", "--json"));
    assertEquals(5, new ObjectMapper().readTree(out()).at("/txg").asInt());
    assertEquals(0, salvus("snapshot", "hold", "demo", "first"));
    assertTrue(out().contains("manual"), out());
    assertEquals(10, salvus("snapshot", "delete", "demo", "first"));
    assertTrue(sentence().contains("held"));
    assertEquals(0, salvus("snapshot", "release", "demo", "first"));
    assertEquals(0, salvus("snapshot", "diff", "demo", "first"));
    assertEquals("R old -> now (1 bytes written)\n- gone (7 bytes)\n", out());
    assertEquals(0, salvus("snapshot", "rollback", "demo", "first"));
    assertTrue(out().contains("before-first"), out());
    assertEquals(0, salvus("snapshot", "delete", "demo", "first"));
    assertEquals(6, salvus("snapshot", "show", "demo", "first"));
    assertTrue(sentence().contains("first"));
    assertEquals(7, salvus("snapshot", "create", "demo", "2026-11-21T14-05-00Z"));
    sentence();
    assertEquals(2, salvus("snapshot", "create", "demo", "a/b"));
    assertTrue(sentence().contains("slash"));
  }

  @Test
  void project_clone_ofAProjectOrItsSnapshot() throws Exception {
    salvus("project", "create", "demo");
    salvus("snapshot", "create", "demo", "first");
    assertEquals(0, salvus("project", "clone", "demo", "now"));
    assertTrue(out().endsWith(" now\n"));
    assertEquals(0, salvus("project", "clone", "demo@first", "then", "--json"));
    assertEquals("then", new ObjectMapper().readTree(out()).at("/name").asText());
    assertEquals(6, salvus("project", "clone", "demo@none", "x"));
    assertTrue(sentence().contains("none"));
    assertEquals(7, salvus("project", "clone", "demo", "now"));
    sentence();
  }

  @Test
  void project_deleteListUndeletePurge() throws Exception {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("project", "delete", "demo"));
    assertEquals("deleted demo; it is purged in 1d 2h\n", out());
    assertEquals(0, salvus("project", "list", "--deleted"));
    assertTrue(out().contains("demo") && out().contains("1d 2h"), out());
    assertEquals(0, salvus("project", "list", "--deleted", "--json"));
    assertEquals(93600, new ObjectMapper().readTree(out()).at("/0/secondsLeft").asInt());
    assertEquals(6, salvus("project", "show", "demo"));
    assertEquals(0, salvus("project", "undelete", "demo"));
    assertTrue(out().endsWith(" demo\n"));
    assertEquals(2, salvus("project", "purge", "demo"));
    assertTrue(sentence().contains("not in the trash"));
    salvus("project", "create", "held");
    salvus("project", "delete", "held");
    assertEquals(10, salvus("project", "purge", "held"));
    assertTrue(sentence().contains("held"));
    assertEquals(0, salvus("project", "purge", "held", "--force"));
    assertEquals("purged held; what its clones need stays until they go\n", out());
  }

  @Test
  void project_setSnapshots_aloneAndWithLimits() {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("project", "set", "demo", "--snapshots", "1h:24"));
    assertEquals(0, salvus("project", "show", "demo"));
    assertTrue(out().contains("snapshots 1h:24"), out());
    assertEquals(0, salvus("project", "set", "demo", "--snapshots", "none", "--quota", "10G"));
    assertEquals(0, salvus("project", "show", "demo"));
    assertTrue(out().contains("snapshots none") && out().contains("10G"), out());
    assertEquals(2, salvus("project", "set", "demo", "--snapshots", "often"));
    assertTrue(sentence().contains("often"));
  }

  @Test
  void snapshot_restore_toItsPlaceOrAnother() {
    salvus("project", "create", "demo");
    salvus("snapshot", "create", "demo", "first");
    assertEquals(0, salvus("snapshot", "restore", "demo", "first", "a/b"));
    assertEquals("restored a/b; what was there is in snapshot before-a-b\n", out());
    assertEquals(0, salvus("snapshot", "restore", "demo", "first", "a", "--to", "c"));
    assertTrue(out().contains("before-c"), out());
    assertEquals(2, salvus("snapshot", "restore", "demo", "first", "none"));
    assertTrue(sentence().contains("none"));
    assertEquals(6, salvus("snapshot", "restore", "demo", "last", "a"));
  }

  @Test
  void backupAndRestore_sayWhatTheyDid_andWhereTheKeyIs() throws Exception {
    assertEquals(0, salvus("backup", "/mnt/b", "--key", "omit"));
    assertTrue(out().contains("2 projects with 7 snapshots are in /mnt/b"), out());
    assertTrue(out().contains("4.0 MB copied; the cluster key is not: keep"), out());
    assertEquals(0, salvus("backup", "s3://backups/site?region=eu-1", "--key", "omit"));
    assertTrue(out().contains("are in s3://backups/site?region=eu-1 ("), out());
    assertEquals(2, salvus("backup", "s3://backups/site?secret=hunter2"));
    String refusal = err.toString(StandardCharsets.UTF_8);
    assertTrue(refusal.contains("no credentials"), refusal);
    assertFalse(refusal.contains("hunter2"), refusal);
    daemon.plant("project demo was not saved");
    assertEquals(1, salvus("backup", "/mnt/b"));
    assertTrue(out().startsWith("project demo was not saved\n"), out());
    assertEquals(1, salvus("backup", "/mnt/b", "--json"));
    assertEquals(4_000_000, new ObjectMapper().readTree(out()).at("/bytesCopied").asInt());
    assertEquals(6, salvus("backup", "/mnt/b", "--project", "none"));
    assertEquals(3, salvus("backup", "/mnt/full"));
    assertEquals(2, salvus("backup", "/mnt/b", "--key", "perhaps"));
    assertEquals(3, salvus("restore", "/mnt/none"));
    assertTrue(sentence().contains("no backup in /mnt/none"));
    Files.writeString(data.resolve("format"), "there is an installation");
    assertEquals(0, salvus("restore", "/mnt/b"));
    assertTrue(out().contains("2 projects with 7 snapshots are as in the backup of 2026"), out());
    assertEquals(3, salvus("restore", "/mnt/full"));
  }

  @Test
  void import_completeOne_is0_theOther_is1() throws Exception {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("import", "demo", data.toString()));
    assertTrue(out().contains("3 entries") && out().contains("2.0 MB copied"), out());
    assertTrue(out().endsWith("1 were there already\n"), out());
    daemon.plant("a/b: EISDIR");
    assertEquals(1, salvus("import", "demo", data.toString()));
    assertTrue(out().startsWith("a/b: EISDIR\n"), out());
    assertEquals(1, salvus("import", "demo", data.toString(), "--json"));
    assertEquals(2_000_000, new ObjectMapper().readTree(out()).at("/bytesCopied").asInt());
    assertEquals(6, salvus("import", "none", data.toString()));
    assertEquals(2, salvus("import", "demo"));
  }

  @Test
  void cp_takesPathsInProjects_andRefusesWhatIsThere() throws Exception {
    salvus("project", "create", "src");
    salvus("project", "create", "dst");
    assertEquals(0, salvus("cp", "src:a/bc", "dst:x"));
    assertEquals("4 entries copied to project dst, 3.0 MB shared\n", out());
    assertEquals(0, salvus("cp", "src@one:a/bc", "dst:", "--json"));
    assertEquals(8, new ObjectMapper().readTree(out()).at("/entries").asLong());
    assertEquals(2, salvus("cp", "/etc/passwd", "dst:"));
    assertTrue(sentence().contains("\"/etc/passwd\" names no project"));
    assertEquals(2, salvus("cp", "src:a", "dst@one:"));
    assertTrue(sentence().contains("nothing is written to a snapshot"));
    assertEquals(6, salvus("cp", "none:a", "dst:"));
    assertEquals(7, salvus("cp", "src:a", "dst:taken"));
    assertTrue(sentence().contains("there is \"taken\" already"));
    assertEquals(0, salvus("cp", "--force", "src:a", "dst:taken"));
  }

  @Test
  void projectLink_isListed_andRemoved() throws Exception {
    salvus("project", "create", "course");
    salvus("project", "create", "home");
    assertEquals(0, salvus("project", "link", "course", "notes", "home:shared"));
    assertEquals("shared shows notes of course\n", out());
    assertEquals(0, salvus("project", "link", "course", "gone", "home:x", "--owner", "5:6"));
    assertEquals(0, salvus("project", "links", "home"));
    assertTrue(out().contains("/notes") && out().contains("(deleted)"), out());
    assertEquals(0, salvus("project", "links", "home", "--json"));
    assertEquals(5, new ObjectMapper().readTree(out()).at("/1/uid").asInt());
    assertEquals(7, salvus("project", "link", "course", "notes", "home:shared"));
    for (var owner : List.of("5", "a:b", "5:6:7")) {
      assertEquals(2, salvus("project", "link", "course", "a", "home", "--owner", owner));
      assertTrue(sentence().contains("\"" + owner + "\""));
    }
    assertEquals(0, salvus("project", "unlink", "home:shared"));
    assertEquals("removed the link shared\n", out());
    assertEquals(2, salvus("project", "unlink", "home:shared"));
    assertEquals(2, salvus("project", "unlink", "home"));
  }

  @Test
  void export_toAFile_isThereWhenItIsWhole() throws Exception {
    salvus("project", "create", "demo");
    var file = data.resolve("demo.tar");
    assertEquals(0, salvus("export", "demo", file.toString()));
    assertTrue(out().startsWith("3 entries") && out().contains("0.7 MB, SHA-256 "), out());
    assertTrue(Files.readString(file).startsWith("demo is here\n"));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertEquals(3, salvus("export", "demo", file.toString()));
    assertTrue(sentence().contains("--force replaces it"));
    salvus("snapshot", "create", "demo", "one");
    daemon.plant("a: a socket");
    assertEquals(1, salvus("export", "demo@one", file.toString(), "--force"));
    assertTrue(out().startsWith("a: a socket\n") && out().endsWith("; 1 are not\n"), out());
    assertTrue(Files.readString(file).startsWith("demo@one is here\n"));
    assertEquals(1, salvus("export", "demo", file.toString(), "--force", "--json"));
    assertEquals(3, new ObjectMapper().readTree(out()).at("/entries").asInt());
  }

  @Test
  void export_thatEndsInTheMiddle_leavesWhatWasThere() throws Exception {
    salvus("project", "create", "demo");
    daemon.plant("damage");
    var file = data.resolve("demo.tar");
    assertEquals(9, salvus("export", "demo", file.toString()));
    assertTrue(sentence().contains("it is damaged"));
    assertFalse(Files.exists(file));
    Files.writeString(file, "mine");
    assertEquals(9, salvus("export", "demo", file.toString(), "--force"));
    assertEquals("mine", Files.readString(file));
    try (var files = Files.list(data)) {
      assertEquals(0, files.filter(one -> one.toString().endsWith(".part")).count());
    }
    assertEquals(6, salvus("export", "none", file.toString(), "--force"));
    assertEquals(6, salvus("export", "demo@none", file.toString(), "--force"));
    assertEquals(3, salvus("export", "demo", data.toString(), "--force"));
    assertEquals(3, salvus("export", "demo", "/dev/null", "--force"));
    assertTrue(sentence().contains("no regular file"));
    assertEquals(3, salvus("export", "demo", data.resolve("none/demo.tar").toString()));
    assertTrue(sentence().contains("because " + data.resolve("none") + " is not there"));
  }

  @Test
  void export_toStandardOutput_isTheArchiveAndNothingElse() {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("export", "demo", "-"));
    assertTrue(out().startsWith("demo is here\n") && out().endsWith("demo is here\n"));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("are in standard output"));
    assertEquals(2, salvus("export", "demo", "-", "--json"));
    assertTrue(sentence().contains("name a file"));
  }

  @Test
  void check_soundProject_is0_damagedOne_is1() {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("check", "demo"));
    assertTrue(out().endsWith("sound\n"));
    daemon.plant("chunk 1f: missing");
    assertEquals(1, salvus("check", "demo"));
    assertTrue(out().startsWith("chunk 1f: missing\n"));
    assertEquals(0, salvus("check", "demo", "--repair"));
    assertEquals(1, salvus("check", "demo", "--json"));
    assertTrue(out().contains("\"findings\""));
  }

  @Test
  void token_createListRevoke() throws Exception {
    salvus("project", "create", "demo");
    assertEquals(0, salvus("token", "create", "--scope", "operate", "--expires", "30d", "ci"));
    assertTrue(out().matches("salvus_[0-9a-f]{64}\n"), out());
    var secret = out().strip();
    assertEquals(0, salvus("token", "create", "--scope", "read", "--project", "demo", "--json"));
    var made = new ObjectMapper().readTree(out());
    assertEquals("read-1", made.at("/token/name").asText());
    assertEquals(daemon.project("demo").id(), made.at("/token/project").asText());
    assertEquals(0, salvus("token", "list"));
    assertTrue(out().contains("ci") && out().contains("read-1") && out().contains("never"), out());
    assertFalse(out().contains(secret));
    assertFalse(Files.readString(data.resolve("tokens.json")).contains(secret));
    assertEquals(7, salvus("token", "create", "--scope", "read", "ci"));
    sentence();
    assertEquals(0, salvus("token", "revoke", "ci"));
    assertEquals(2, salvus("token", "revoke", "ci"));
    sentence();
    assertEquals(2, salvus("token", "create", "--scope", "root"));
    assertTrue(sentence().contains("scope is read, operate or admin"));
    assertEquals(2, salvus("token", "create", "--scope", "read", "--expires", "soon"));
    assertEquals(6, salvus("token", "create", "--scope", "read", "--project", "none"));
    sentence();
  }

  @Test
  void gc_runShowsWhatCameOfIt_statusTheLastRun() throws Exception {
    assertEquals(0, salvus("gc", "status"));
    assertSaid("packs take 3G");
    assertSaid("no run yet");
    assertEquals(0, salvus("gc", "run"));
    assertSaid("freed 1G in 61 s: 1000 chunks; 3 packs deleted, 1 rewritten (5M moved)");
    assertEquals(0, salvus("gc", "status", "--json"));
    var status = new ObjectMapper().readTree(out.toByteArray());
    assertEquals("DONE", status.at("/latest/phase").asText());
    assertEquals(1000, status.at("/latest/freed/chunks").asLong());
    daemon.endGarbageRuns(GarbageRun.Phase.FAILED);
    assertEquals(9, salvus("gc", "run"));
    assertSaid("Cassandra does not");
    daemon.endGarbageRuns(GarbageRun.Phase.STOPPED);
    assertEquals(9, salvus("gc", "run"));
  }

  @Test
  void scrub_startAndStatus_nameTheDamage() throws Exception {
    assertEquals(0, salvus("scrub", "status"));
    assertSaid("the next begins 2026-12-21T10:00:00Z");
    assertEquals(0, salvus("scrub", "start"));
    assertSaid("the scrub of 2026-11-21T10:00:00Z is under way: 3M read, 50 blocks intact");
    assertEquals(0, salvus("scrub", "start", "--wait"));
    assertSaid("ended 2026-11-21T11:00:00Z: 3M read, 50 blocks intact, no damage");
    daemon.plant("the checksum of its bytes differs");
    assertEquals(0, salvus("scrub", "start"));
    assertEquals(1, salvus("scrub", "start", "--wait"));
    assertEquals(1, salvus("scrub", "status"));
    assertSaid("pack-00000001.spk at 64, block abab");
    assertSaid("the checksum of its bytes differs");
    assertEquals(1, salvus("scrub", "status", "--json"));
    var status = new ObjectMapper().readTree(out.toByteArray());
    assertEquals(64, status.at("/last/damage/0/offset").asLong());
  }

  @Test
  void group_calledAlone_saysWhichCommandsItHas() {
    for (var group :
        Map.of(
                "gc", "run or status?",
                "scrub", "start or status?",
                "token", "create, list or revoke?",
                "snapshot", "create, list, show, diff, delete, hold, release",
                "project", "create, list, show")
            .entrySet()) {
      assertEquals(2, plain(group.getKey()), group.getKey());
      var text = err.toString(StandardCharsets.UTF_8);
      assertTrue(text.startsWith("salvus: which one: " + group.getValue()), text);
      assertTrue(text.contains("See: ./salvus help " + group.getKey()), text);
      assertEquals(0, plain(group.getKey(), "--help"));
      assertSaid("Usage: salvus " + group.getKey());
    }
  }

  @Test
  void completion_inABash_completesCommandsTheirCommandsAndOptions() throws Exception {
    assertEquals(0, plain("completion", "bash"));
    var script =
        Files.writeString(data.resolve("completion"), out.toString(StandardCharsets.UTF_8));
    assertEquals(List.of("snapshot"), completed(script, "salvus", "snaps"));
    assertEquals(List.of("create"), completed(script, "salvus", "snapshot", "cr"));
    assertEquals(List.of("start", "status"), completed(script, "salvus", "scrub", "sta"));
    assertEquals(List.of("--wait"), completed(script, "salvus", "scrub", "start", "--w"));
    assertEquals(2, plain("completion", "tcsh"));
    assertTrue(err.toString(StandardCharsets.UTF_8).contains("no completion for tcsh"));
  }

  /** What bash would offer for the last word. Outside a real completion there is no compopt. */
  private static List<String> completed(Path script, String... words) throws Exception {
    var asked =
        "compopt() { :; }; source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_salvus; printf '%%s\\n' \"${COMPREPLY[@]}\""
            .formatted(script, String.join(" ", words), words.length - 1);
    var bash = new ProcessBuilder("bash", "--norc", "-c", asked).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, bash.waitFor(), said);
    return said.lines().map(String::strip).sorted().toList();
  }

  private void assertSaid(String words) {
    String said = out.toString(StandardCharsets.UTF_8);
    assertTrue(said.contains(words), said);
  }

  @Test
  void anyCommand_withoutDaemon_is4() throws Exception {
    DaemonFile.delete(Layout.of(data));
    var commands =
        List.of(
            "status",
            "stop",
            "upgrade",
            "project list",
            "check demo",
            "snapshot list demo",
            "token list");
    for (var command : commands) {
      assertEquals(4, salvus(command.split(" ")), command);
      assertTrue(sentence().contains("no daemon is running on " + data));
    }
  }

  @Test
  void wrongUsage_is2_andSaysWhereToLook() {
    for (var command :
        new String[] {"statsu", "status --jsno", "project", "check", "daemon", "token"}) {
      assertEquals(2, salvus(command.split(" ")), command);
      var text = err.toString(StandardCharsets.UTF_8);
      assertTrue(text.startsWith("salvus: "), text);
      assertTrue(text.contains("./salvus help"), text);
    }
  }

  @Test
  void help_ofAnyCommand_isPrinted_andStartsNothing() {
    for (var command : new String[] {"dev", "check", "status", "project create"}) {
      assertEquals(0, salvus((command + " --help").split(" ")), command);
      assertTrue(
          out.toString(StandardCharsets.UTF_8).contains("Usage: salvus " + command), command);
    }
    assertTrue(started.isEmpty());
  }

  @Test
  void daemon_configTypo_is2_andStartsNothing() throws Exception {
    var file = Files.writeString(data.resolve("x.yaml"), "data: .\nmuont: /m\n");
    assertEquals(2, salvus("daemon", "--config", file.toString()));
    assertTrue(sentence().contains("x.yaml:2: unknown key \"muont\""));
    assertTrue(started.isEmpty());
  }

  @Test
  void daemon_runsUntilAskedToStop() throws Exception {
    var file = Files.writeString(data.resolve("x.yaml"), "data: .\nmount: /m\n");
    daemon.requestStop();
    assertEquals(0, salvus("daemon", "--config", file.toString()));
    assertTrue(out().contains("ready"));
    assertTrue(daemon.isClosed());
  }

  @Test
  void daemon_obstructed_is3_andOneSentence() throws Exception {
    var file = Files.writeString(data.resolve("x.yaml"), "data: .\nmount: /m\n");
    refusal = Optional.of(new DaemonException.Obstructed("the mount point /m is not empty"));
    assertEquals(3, salvus("daemon", "--config", file.toString()));
    assertEquals("salvus: the mount point /m is not empty\n", sentence());
  }

  @Test
  void dev_firstStart_writesAConfigAndCreatesAProject() throws Exception {
    daemon.requestStop();
    assertEquals(0, salvus("dev", "--mount", data.resolve("m").toString()));
    assertEquals("demo", daemon.projects().getFirst().name());
    assertTrue(out().contains("cd " + data.resolve("m/demo")));
    assertTrue(started.getFirst().cassandra().local());
    assertEquals(data, started.getFirst().data());
    assertTrue(daemon.isClosed());
  }

  @Test
  void dev_secondStart_takesTheMountOfTheFirst() throws Exception {
    daemon.requestStop();
    salvus("dev", "--mount", data.resolve("m \"x\"").toString());
    salvus("dev");
    assertEquals(data.resolve("m \"x\""), started.get(1).mount());
    assertEquals(1, daemon.projects().size());
    salvus("dev", "--mount", data.resolve("n").toString());
    assertEquals(data.resolve("n"), started.get(2).mount());
  }

  @Test
  void dev_whenTheOnlyProjectIsInTheTrash_startsWithout() throws Exception {
    daemon.requestStop();
    salvus("dev");
    daemon.trash().delete("demo");
    assertEquals(0, salvus("dev"));
    assertTrue(out().contains("./salvus project create NAME"), out());
    assertEquals(List.of(), daemon.projects());
  }

  @Test
  void upgrade_inTheNewProcess_takesOverTheMountThatIsThere() throws Exception {
    daemon.requestStop();
    salvus("dev", "--mount", data.resolve("m").toString());
    assertEquals(0, salvus("upgrade", Detached.SERVE));
    assertTrue(out().contains("upgraded: process "), out());
    assertEquals(Path.of("/projects"), started.getLast().mount());
  }

  @Test
  void dev_refusedStart_writesNothing() {
    refusal = Optional.of(new DaemonException.AlreadyRunning("a daemon already serves it"));
    assertEquals(5, salvus("dev"));
    sentence();
    assertFalse(Files.exists(data.resolve("salvus.yaml")));
  }
}
