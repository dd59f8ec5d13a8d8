package org.salvusfs.daemon.stack;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.daemon.stack.Trees.sh;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A project with a key of its own through a real mount, from its creation to its end. */
@Tag("mount")
class OwnKeyIT {
  @TempDir Path directory;
  private DevStack stack;

  @BeforeEach
  void start() throws Exception {
    stack = stack("first");
    stack.start();
  }

  private DevStack stack(String name) throws IOException {
    var made = new DevStack(directory.resolve(name));
    made.configure("cassandra: {local: yes}\ncontrol: {port: 0}\ngc: {grace: 0s}\n");
    return made;
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void life_killed_snapshots_garbage_backup_andNothingIsLeftAfterThePurge() throws Exception {
    assertTrue(salvus("project", "show", "demo").lines().noneMatch(l -> l.startsWith("key")));
    salvus("project", "create", "secret", "--own-key");
    assertTrue(salvus("project", "show", "secret").contains("key     its own"));
    Path secret = stack.home("secret");

    // The same contents twice, and by copy_file_range from one into the other.
    sh(stack.home(), BackupIT.WORK);
    salvus("snapshot", "create", "demo", "one");
    long before = storeBytes();
    sh(secret, "cp -a ../demo/. .");
    salvus("snapshot", "create", "secret", "one");
    assertTrue(storeBytes() - before > 3_000_000, "contents are shared with another domain");
    sh(secret, "rm -r dir/sub; head -c 300000 /dev/urandom > late; cp late ../demo/copied");
    sh(secret, "cmp late ../demo/copied; cp .snapshots/one/big again; cmp big again");

    salvus("snapshot", "create", "demo", "two");
    salvus("snapshot", "create", "secret", "two");

    // What was synced and not committed comes back from the log.
    sh(secret, "head -c 200000 /dev/urandom > synced; echo small > note; sync synced note");
    var present = BackupIT.fingerprints(stack);
    stack.killDaemon();
    stack.start();
    assertEquals(present, BackupIT.fingerprints(stack));
    var upgraded = stack.upgrade();
    assertEquals(0, upgraded.exit(), upgraded.output());

    assertRefused("a key of its own", "project", "clone", "secret", "fork");
    assertRefused("a key of its own", "project", "clone", "secret@one", "fork");
    salvus("gc", "run");
    salvus("scrub", "start", "--wait");
    assertEquals(present, BackupIT.fingerprints(stack));
    salvus("check", "secret");
    salvus("snapshot", "rollback", "secret", "one");
    sh(secret, "cmp big ../demo/big; test ! -e late");
    salvus("export", "secret", directory.resolve("secret.tar").toString());

    Path target = directory.resolve("target");
    salvus("backup", target.toString(), "--key", "include");
    sh(directory, "cp -a target copied");
    var saved = BackupIT.fingerprints(stack);

    purge(target);
    restoreWhatWasCopied(saved);
  }

  /**
   * Whatever takes contents over from such a project stores them under the key of who takes them.
   */
  @Test
  void whatWasCopied_throughALinkToo_orReceived_outlivesTheKey() throws Exception {
    salvus("project", "create", "secret", "--own-key");
    sh(
        stack.home("secret"),
        "mkdir dir; head -c 3000000 /dev/urandom > dir/big; echo small > dir/small");
    salvus("cp", "secret:dir", "demo:copied");
    salvus("project", "link", "secret", "dir", "demo:linked");
    sh(stack.home(), "cp linked/big taken; cmp linked/big copied/big; cmp taken copied/big");
    sh(stack.home(), "sha256sum copied/big copied/small taken > sums");
    receive("secret", "received");
    receive("demo", "fork");
    // A link does not travel: its directory is an ordinary one there.
    sh(stack.home("fork"), "test -z \"$(ls -A linked)\"; touch linked/own; rm -r linked");

    salvus("project", "delete", "secret");
    salvus("project", "purge", "secret");
    salvus("gc", "run");
    assertEquals(0, stack.stop());
    stack.start();
    sh(stack.home(), "sha256sum --check --quiet sums; test -z \"$(ls -A linked)\"");
    sh(stack.home("fork"), "sha256sum --check --quiet sums");
    sh(stack.home("received"), "cmp dir/big ../demo/taken; cmp dir/small ../demo/copied/small");
    for (String project : List.of("demo", "fork", "received")) {
      salvus("check", project);
    }
  }

  private void receive(String from, String as) throws Exception {
    String stream = directory.resolve(from + ".stream").toString();
    salvus("snapshot", "create", from, "sent");
    salvus("export", from + "@sent", stream, "--native");
    salvus("receive", stream, "--as", as);
  }

  private void purge(Path target) throws Exception {
    byte[] wrapped = wrapped(target.resolve("project-keys"));
    awaitFiles(files -> !files.isEmpty(), OwnKeyIT::isOfTheTable, wrapped);
    long full = storeBytes();
    salvus("project", "delete", "secret");
    salvus("project", "purge", "secret");
    salvus("scrub", "start", "--wait"); // what nobody can read is no damage
    salvus("gc", "run");
    assertTrue(full - storeBytes() > 3_000_000, "its chunks are there still");
    salvus("check", "demo");
    assertTrue(Files.exists(target.resolve("project-keys")));
    salvus("backup", target.toString());
    assertFalse(Files.exists(target.resolve("project-keys")), "the target keeps its key");
    awaitFiles(List::isEmpty, OwnKeyIT::isOfTheTable, wrapped);
    salvus("project", "create", "secret", "--own-key");
    sh(stack.home("secret"), "test -z \"$(ls -A)\"");
    salvus("stop");
    stack.start(); // which discards the commit log of before
    awaitFiles(List::isEmpty, file -> true, wrapped);
  }

  private static byte[] wrapped(Path keys) throws IOException {
    String line = Files.readAllLines(keys).get(1);
    return HexFormat.of().parseHex(line.substring(line.indexOf(' ') + 1));
  }

  /** Cassandra flushes the table some seconds after it was written to, and compacts it then. */
  private void awaitFiles(Predicate<List<Path>> condition, Predicate<Path> kind, byte[] wrapped)
      throws Exception {
    DevStack.await(
        Duration.ofMinutes(2),
        () -> condition.test(filesWith(wrapped, kind)),
        () -> filesWith(wrapped, kind) + " have the key" + stack.errors());
  }

  private List<Path> filesWith(byte[] wrapped, Predicate<Path> kind) {
    String wanted = new String(wrapped, ISO_8859_1);
    var found = new ArrayList<Path>();
    try (Stream<Path> files = Files.walk(stack.data())) {
      for (Path file : files.filter(Files::isRegularFile).filter(kind).toList()) {
        if (new String(Files.readAllBytes(file), ISO_8859_1).contains(wanted)) {
          found.add(file);
        }
      }
      return found;
    } catch (NoSuchFileException | UncheckedIOException compacted) {
      return filesWith(wrapped, kind);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOfTheTable(Path file) {
    return file.toString().contains("/project_key-") && file.toString().endsWith("-Data.db");
  }

  /** A copy that was made before, with the cluster's key, still has everything. */
  private void restoreWhatWasCopied(SortedMap<String, String> saved) throws Exception {
    stack.close();
    stack = stack("second");
    String copied = directory.resolve("copied").toString();
    assertEquals(1, stack.run("restore", copied).exit());
    stack.start();
    salvus("restore", copied);
    assertEquals(saved, BackupIT.fingerprints(stack));
    salvus("check", "secret");
    sh(stack.home("secret"), "echo more > more; sync more");
    salvus("snapshot", "delete", "secret", "one");
  }

  private long storeBytes() throws Exception {
    return new ObjectMapper().readTree(salvus("gc", "status", "--json")).at("/packsBytes").asLong();
  }

  private void assertRefused(String reason, String... words) throws Exception {
    var result = stack.run(words);
    assertTrue(result.exit() != 0 && result.output().contains(reason), result.output());
  }

  private String salvus(String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(0, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }
}
