package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.daemon.stack.Trees.sh;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.BackupReport;

/** The drill: the cluster is destroyed, and the backup alone brings everything back. */
@Tag("mount")
@Tag("promise")
@Tag("promise-16")
class BackupIT {
  /** A little of everything that a project can hold. */
  static final String WORK =
      """
      mkdir -p dir/sub/empty
      head -c 3000000 /dev/urandom > big; echo text > dir/text; : > dir/sub/nothing
      ln -s dir/text link; ln big dir/again; ln big dir/sub/third
      mkfifo fifo; mknod null c 1 3
      truncate -s 8M sparse; printf data | dd of=sparse bs=1 seek=5000000 conv=notrunc status=none
      printf s > setuid; chown 1234:4321 setuid; chmod 6755 setuid
      setfattr -n user.colour -v red dir/text; setfattr -n user.of -v dir dir
      touch -d '2001-02-03 04:05:06.789012345' dir/text; touch -h -d 1999-01-01 link
      chmod 0500 dir/sub/empty
      for i in $(seq 300); do echo "$i" > "dir/sub/$i"; done
      """;

  /** Everything that stat, getfattr and read show, but inode numbers and access times. */
  private static final String FINGERPRINT =
      """
      find . -printf '%p %y %m %U %G %s %T@ %n %l\\n' | sort
      find . -type f -print0 | sort -z | xargs -0 -r sha256sum
      find . -print0 | sort -z | xargs -0 -r getfattr -dh -m user --absolute-names
      """;

  @TempDir Path directory;
  private DevStack stack;
  private Path target;

  @BeforeEach
  void start() throws Exception {
    target = directory.resolve("target");
    stack = stack("first");
    stack.start();
  }

  private DevStack stack(String name) throws IOException {
    var made = new DevStack(directory.resolve(name));
    made.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\ngc: {grace: 0s}\n");
    return made;
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void drill_theClusterIsDestroyed_andTheTargetAloneBringsEverythingBack() throws Exception {
    sh(stack.home(), WORK);
    salvus("snapshot", "create", "demo", "one", "--comment", "why");
    salvus("snapshot", "hold", "demo", "one");
    sh(stack.home(), "rm -r dir/sub; echo changed > dir/text; ln -f big dir/text2");
    salvus("snapshot", "create", "demo", "two");
    salvus("snapshot", "rollback", "demo", "one");
    salvus("project", "clone", "demo@two", "fork");
    salvus("project", "create", "other");
    sh(stack.home("other"), "echo other > file");
    salvus("project", "set", "other", "--quota", "10M");
    sh(stack.home("fork"), "echo forked > file; rm big");

    var unsaid = stack.run("backup", target.toString());
    assertEquals(3, unsaid.exit(), unsaid.output());
    assertTrue(unsaid.output().contains("--key include"), unsaid.output());
    BackupReport first = backup("--key", "include");
    assertEquals(3, first.projects());
    assertTrue(first.bytesCopied() > 3_000_000, first.toString());
    long unchanged = backup().bytesCopied();
    assertTrue(unchanged < 10_000, unchanged + " bytes for records that say the same");

    sh(stack.home(), "echo more > dir/more; head -c 50000 /dev/urandom > small");
    BackupReport second = backup();
    assertTrue(second.bytesCopied() > 50_000 && second.bytesCopied() < 400_000, second.toString());
    assertTrue(salvus("snapshot", "list", "demo").lines().noneMatch(l -> l.contains("backup")));
    var before = fingerprints();
    String snapshots = salvus("snapshot", "list", "demo");

    destroy();
    stack = stack("second");
    restored();
    assertEquals(before, fingerprints());
    assertEquals(snapshots, salvus("snapshot", "list", "demo"));
    assertTrue(
        salvus("project", "show", "other").contains("10"), salvus("project", "show", "other"));
    assertEquals(10, stack.run("snapshot", "delete", "demo", "one").exit());
    assertSound();
    // Nothing that is needed goes when neighbours and garbage go, and backups go on.
    salvus("snapshot", "delete", "demo", "two");
    salvus("gc", "run");
    assertSound();
    before.keySet().removeIf(name -> name.contains("demo/.snapshots/two"));
    before.keySet().removeIf(name -> name.contains("before-rollback"));
    var after = fingerprints();
    before.forEach((place, print) -> assertEquals(print, after.get(place), place));
    assertTrue(backup().bytesCopied() < 100_000);
    var again = stack.run("restore", target.toString());
    assertEquals(3, again.exit(), again.output());
    assertTrue(again.output().contains("projects here already"), again.output());
  }

  @Test
  void kill_inTheMiddle_ofBackupAndRestore_isMendedByRunningItAgain() throws Exception {
    sh(stack.home(), WORK + "for i in 1 2 3 4 5 6; do head -c 20M /dev/urandom > r$i; done");
    salvus("snapshot", "create", "demo", "one");
    sh(stack.home(), "rm r1; head -c 20M /dev/urandom > r7");
    killWhile(20 << 20, target.resolve("packs"), "backup", target.toString(), "--key", "include");
    assertTrue(manifests().isEmpty(), "the backup was complete before it was killed");
    stack.start();
    assertEquals(1, backup().projects());
    var before = fingerprints();

    destroy();
    stack = stack("second");
    placeKey();
    stack.start();
    killWhile(20 << 20, stack.data().resolve("packs"), "restore", target.toString());
    stack.start();
    assertEquals(
        "", salvus("project", "list").lines().filter(l -> l.contains("demo")).findAny().orElse(""));
    var garbage = stack.run("gc", "run");
    assertTrue(garbage.output().contains("restore is not finished"), garbage.output());
    salvus("restore", target.toString());
    assertEquals(before, fingerprints());
    assertSound();
  }

  private void killWhile(long bytes, Path packs, String... words) throws Exception {
    try (var threads = Executors.newSingleThreadExecutor()) {
      var cut = threads.submit(() -> stack.run(words));
      DevStack.await(
          Duration.ofMinutes(2),
          () -> cut.isDone() || bytesIn(packs) > bytes,
          () -> "nothing is written: " + stack.errors());
      stack.killDaemon();
      assertTrue(cut.get().exit() != 0, "it was done before the kill: " + cut.get().output());
    }
  }

  private static long bytesIn(Path packs) {
    if (!Files.exists(packs)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(packs)) {
      return files.mapToLong(file -> file.toFile().length()).sum();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<Path> manifests() throws IOException {
    try (Stream<Path> files = Files.list(target)) {
      return files.filter(file -> file.getFileName().toString().endsWith(".smf")).toList();
    }
  }

  /** Data directory and Cassandra, all of it. */
  private void destroy() throws Exception {
    stack.close();
    sh(directory, "rm -rf first");
  }

  private void placeKey() throws Exception {
    var placed = stack.run("restore", target.toString());
    assertEquals(1, placed.exit(), placed.output());
    assertTrue(placed.output().contains("start the daemon"), placed.output());
  }

  private void restored() throws Exception {
    placeKey();
    stack.start();
    salvus("restore", target.toString());
  }

  private BackupReport backup(String... more) throws Exception {
    var words = new ArrayList<>(List.of("backup", target.toString(), "--json"));
    words.addAll(List.of(more));
    return new ObjectMapper().readValue(salvus(words.toArray(String[]::new)), BackupReport.class);
  }

  /** What each project is, and each of its snapshots. */
  private SortedMap<String, String> fingerprints() throws Exception {
    return fingerprints(stack);
  }

  static SortedMap<String, String> fingerprints(DevStack stack) throws Exception {
    var prints = new TreeMap<String, String>();
    for (String project : sh(stack.mount(), "ls").lines().toList()) {
      Path home = stack.home(project);
      prints.put(project, sh(home, FINGERPRINT));
      for (String snapshot : sh(home.resolve(".snapshots"), "ls").lines().toList()) {
        Path kept = home.resolve(".snapshots").resolve(snapshot);
        prints.put(project + "/.snapshots/" + snapshot, sh(kept, FINGERPRINT));
      }
    }
    return prints;
  }

  private void assertSound() throws Exception {
    for (String project : sh(stack.mount(), "ls").lines().toList()) {
      var check = stack.run("check", project);
      assertEquals(0, check.exit(), check.output());
    }
  }

  private String salvus(String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(0, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }
}
