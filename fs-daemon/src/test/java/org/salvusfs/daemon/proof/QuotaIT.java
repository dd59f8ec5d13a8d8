package org.salvusfs.daemon.proof;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.fuse.Shell;
import org.salvusfs.daemon.stack.DevStack;

/**
 * Promise 11: a quota is exact and locks nobody out. An ordinary user fills homes through a real
 * mount, alone and in a race, and works on in the full home; root has its reserve; what was written
 * stays through kill -9, and so do the limits.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-11")
class QuotaIT {
  private static final String REFUSED = "Disk quota exceeded";
  private static final String AS_USER =
      "setpriv --reuid 1000 --regid 1000 --clear-groups bash -ec '%s'";
  private static final Duration DEADLINE = Duration.ofMinutes(2);
  private static final long MIB = 1 << 20;

  @TempDir static Path directory;

  private static DevStack stack;

  @BeforeAll
  static void start() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "only root can be another user");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    stack = new DevStack(directory);
    stack.start();
  }

  @AfterAll
  static void stop() throws Exception {
    if (stack != null) {
      stack.close();
    }
  }

  /** A new project that belongs to the user. */
  private static Path home(String name, String... limits) throws Exception {
    salvus("project", "create", name);
    Path home = stack.home(name);
    Shell.run(home, "chown 1000:1000 .");
    limit(name, limits);
    return home;
  }

  private static String limit(String name, String... limits) throws Exception {
    var words = new ArrayList<>(List.of("project", "set", name));
    Collections.addAll(words, limits);
    return salvus(words.toArray(String[]::new));
  }

  private static String salvus(String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(0, result.exit(), result.output());
    return result.output();
  }

  private static JsonNode show(String name) throws IOException, InterruptedException {
    return new ObjectMapper().readTree(salvus("project", "show", name, "--json"));
  }

  private static String user(Path home, String command) throws IOException, InterruptedException {
    return Shell.run(home, AS_USER.formatted(command));
  }

  private static void userIsRefused(Path home, String command)
      throws IOException, InterruptedException {
    refused(Shell.attempt(home, AS_USER.formatted(command)));
  }

  private static void refused(Shell.Result result) {
    assertNotEquals(0, result.exitCode(), result::output);
    assertTrue(result.output().contains(REFUSED), result::output);
  }

  /** Size and what is available to users, in KiB, as df says it. */
  private static List<Long> df(Path home) throws IOException, InterruptedException {
    var words = Shell.run(home, "df -k --output=size,avail . | tail -1").strip().split(" +");
    return List.of(Long.valueOf(words[0]), Long.valueOf(words[1]));
  }

  /** Kinds of the project's events, oldest first. */
  private static List<String> events(String name) {
    try {
      var kinds = new ArrayList<String>();
      new ObjectMapper()
          .readTree(salvus("events", name, "--json"))
          .forEach(event -> kinds.addFirst(event.get("kind").asText()));
      return kinds;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void fullHome_isWorkedOnByItsUser_andRootHasTheReserve() throws Exception {
    Path home = home("full", "--quota", "8M", "--reserve", "1M");
    assertEquals(List.of(8 * 1024L, 7 * 1024L), df(home));
    userIsRefused(home, "dd if=/dev/urandom of=fill bs=64k");
    assertEquals(7 * MIB, Files.size(home.resolve("fill")), "to the last byte");
    assertEquals(List.of(8 * 1024L, 0L), df(home));
    var expected =
        List.of("limits-set", "quota-warning", "quota-warning", "quota-warning", "quota-hit");
    userIsRefused(home, "head -c 1 /dev/zero > one");
    DevStack.await(
        DEADLINE,
        () -> events("full").equals(expected),
        () -> "events " + events("full") + stack.errors());

    assertTrue(user(home, "HOME=$PWD bash -lic \"echo a shell\"").contains("a shell"));
    user(home, "dd if=/dev/urandom of=fill bs=4k count=100 conv=notrunc");
    user(home, "mkdir d && mv one d && ln -s d s && chmod 700 d && rm -r d s");
    Shell.run(home, "dd if=/dev/zero of=runtime bs=64k count=8");
    refused(Shell.attempt(home, "dd if=/dev/zero of=more bs=64k"));
    assertEquals(8 * MIB, show("full").at("/bytes").asLong());

    String sum = user(home, "sync fill . && md5sum fill");
    stack.killDaemon();
    stack.start();
    assertEquals(sum, user(home, "md5sum fill"));
    userIsRefused(home, "head -c 1 /dev/zero > one");
    user(home, "rm -f more runtime one && truncate -s 2M fill && cp fill copy && sync fill copy .");
    assertEquals(4 * MIB, show("full").at("/bytes").asLong());
    var check = stack.run("check", "full");
    assertEquals(0, check.exit(), check.output());
  }

  @Test
  void tenProcesses_racingForTheLastMegabyte_shareItExactly() throws Exception {
    Path home = home("race", "--quota", "4M");
    user(home, "dd if=/dev/zero of=first bs=1M count=3");
    user(
        home,
        "for i in 0 1 2 3 4 5 6 7 8 9; do (dd if=/dev/zero of=r$i bs=4k || true) & done; wait");
    assertEquals(4 * MIB, show("race").at("/bytes").asLong());
    String sum = Shell.run(home, "stat -c %s r* first | awk '{s+=$1} END {print s}'").strip();
    assertEquals(Long.toString(4 * MIB), sum);
    user(home, "rm r*");
    assertEquals(3 * MIB, show("race").at("/bytes").asLong());
  }

  @Test
  void softLimit_holdsAfterTheGrace_untilUseIsBelow() throws Exception {
    Path home = home("soft", "--quota", "4M", "--soft", "1M", "--grace", "1s");
    user(home, "dd if=/dev/zero of=above bs=1028k count=1");
    DevStack.await(
        DEADLINE, () -> !isWritable(home), () -> "the soft limit never held: " + stack.errors());
    assertEquals(0, df(home).getLast());
    user(home, "rm above && head -c 1000 /dev/zero > below");
    DevStack.await(
        DEADLINE,
        () -> events("soft").contains("quota-soft"),
        () -> "events " + events("soft") + stack.errors());
  }

  private static boolean isWritable(Path home) {
    try {
      String append = "head -c 1 /dev/zero >> tiny";
      return Shell.attempt(home, AS_USER.formatted(append)).exitCode() == 0;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Test
  void limits_changeAtOnce_byRuleAndBelowUse() throws Exception {
    Path home = home("rule", "--inodes", "3");
    userIsRefused(home, "touch a b c");
    user(
        home,
        "for i in $(seq 30); do rm a && touch a; done; rm a && touch c && head -c 3000000 /dev/zero > c && sync -f .");
    limit("rule", "--quota", "2x,1M", "--inodes", "none");
    assertEquals(6_000_000, show("rule").at("/quota/bytes").asLong());
    assertTrue(show("rule").at("/quota/inodes").isNull());
    String warned = limit("rule", "--quota", "1M");
    assertTrue(warned.contains("rule: 2.8M are in use, and users may use 1M"), warned);
    userIsRefused(home, "head -c 1 /dev/zero > d");
    user(home, "truncate -s 1000 c && head -c 1000 /dev/zero > d");
    limit("rule", "--quota", "none");
    user(home, "head -c 3000000 /dev/zero > e");
  }
}
