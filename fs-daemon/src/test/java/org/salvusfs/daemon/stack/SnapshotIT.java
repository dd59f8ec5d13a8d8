package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Snapshots, clones and rollbacks as users see them, through a real mount. */
@Tag("mount")
class SnapshotIT {
  @TempDir Path directory;
  private DevStack stack;
  private Path home;
  private final byte[] big = new byte[700_000];

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\n");
    stack.start();
    home = stack.home();
    new Random(4).nextBytes(big);
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void snapshot_isBrowsedWhileTheProjectChanges_andSurvivesRestartAndUpgrade() throws Exception {
    work();
    assertEquals("one", salvus("snapshot", "create", "demo", "one").strip());
    change();
    Path one = home.resolve(".snapshots/one");
    assertEquals("then", Files.readString(one.resolve("dir/text")));
    assertTrue(Arrays.equals(big, Files.readAllBytes(one.resolve("big"))), "other contents");
    assertEquals("now", Files.readString(home.resolve("dir/text")));
    assertFalse(Files.exists(one.resolve("dir/new")));
    assertEquals("then", Files.readString(home.resolve("dir/.snapshots/one/text")));
    sh(home, 0, "test $(stat -c %a:%u:%g .snapshots/one/secret) = 600:1234:1234");
    sh(home, 0, "test $(readlink .snapshots/one/link) = dir/text");
    sh(home, 0, "test $(stat -c %i dir/text) != $(stat -c %i .snapshots/one/dir/text)");

    String diff = salvus("snapshot", "diff", "demo", "one");
    for (String line :
        List.of("+ dir/new (3 bytes)", "- secret (2 bytes)", "M big (700000 -> 1 bytes, 1 writ")) {
      assertTrue(diff.contains(line), diff);
    }

    for (String change :
        List.of(
            "touch .snapshots/one/x",
            "mkdir .snapshots/x",
            "rm -r .snapshots/one",
            "rmdir .snapshots",
            "echo x >> .snapshots/one/dir/text",
            "chmod 777 .snapshots/one/secret",
            "mv .snapshots/one/big .snapshots/one/dir/")) {
      String refused = sh(home, 1, change);
      assertTrue(refused.contains("Read-only file system"), change + ": " + refused);
    }
    assertTrue(sh(home, 1, "mkdir .snapshots dir/.snapshots").contains("File exists"));
    sh(home, 0, "cp -a .snapshots/one/dir copy && test \"$(cat copy/text)\" = then");
    sh(home, 0, "test -z \"$(find . -name .snapshots)\" && tar cf /dev/null . && rm -rf copy");
    sh(home, 1, "setpriv --reuid=4321 --clear-groups cat .snapshots/one/secret");
    sh(home, 0, "setpriv --reuid=1234 --clear-groups cat .snapshots/one/secret");

    assertEquals(0, stack.stop());
    stack.start();
    assertEquals("then", Files.readString(one.resolve("dir/text")));

    try (var shell = new Shell(one.resolve("dir"))) {
      var upgraded = stack.upgrade();
      assertEquals(0, upgraded.exit(), () -> upgraded.output() + stack.errors());
      assertEquals("then", shell.ask("cat text"));
      assertEquals(one.resolve("dir").toString(), shell.ask("pwd -P"));
      assertEquals("text", shell.ask("ls"));
    }
    assertEquals(0, stack.run("check", "demo").exit());
  }

  @Test
  void delete_takesTheSnapshotFromWhoeverStandsInIt_andHoldsPreventIt() throws Exception {
    work();
    assertFalse(Files.exists(home.resolve(".snapshots/one")));
    salvus("snapshot", "create", "demo", "one", "--comment", "a reason");
    assertTrue(Files.exists(home.resolve(".snapshots/one")));
    salvus("snapshot", "create", "demo", "two");
    salvus("snapshot", "create", "demo");
    assertTrue(salvus("snapshot", "list", "demo").contains("a reason"));
    assertEquals(3, names(home.resolve(".snapshots")).size());
    salvus("snapshot", "hold", "demo", "one");
    assertEquals(10, stack.run("snapshot", "delete", "demo", "one").exit());
    salvus("snapshot", "release", "demo", "one");
    Path one = home.resolve(".snapshots/one");
    try (var shell = new Shell(one.resolve("dir"))) {
      assertEquals("then", shell.ask("cat text"));
      salvus("snapshot", "delete", "demo", "one");
      assertTrue(shell.ask("cat text 2>&1").contains("tale file handle"));
    }
    assertFalse(Files.exists(one));
    assertEquals(2, names(home.resolve(".snapshots")).size());
    assertEquals(6, stack.run("snapshot", "show", "demo", "one").exit());
    Files.writeString(home.resolve("dir/text"), "later");
    salvus("snapshot", "create", "demo", "one");
    assertEquals("later", Files.readString(one.resolve("dir/text")));
    assertEquals(7, stack.run("snapshot", "create", "demo", "one").exit());
    assertEquals(2, stack.run("snapshot", "create", "demo", "a/b").exit());
    assertEquals(6, stack.run("snapshot", "create", "none").exit());
  }

  @Test
  void clone_ofProjectAndOfSnapshot_isIndependent() throws Exception {
    work();
    salvus("snapshot", "create", "demo", "one");
    change();
    salvus("project", "clone", "demo@one", "then");
    salvus("project", "clone", "demo", "now");
    assertEquals(7, stack.run("project", "clone", "demo", "now").exit());
    assertEquals(6, stack.run("project", "clone", "demo@none", "x").exit());
    assertEquals(List.of("one"), List.copyOf(names(home.resolve(".snapshots"))));
    assertEquals("then", Files.readString(stack.home("then").resolve("dir/text")));
    assertEquals("now", Files.readString(stack.home("now").resolve("dir/text")));
    Files.writeString(stack.home("then").resolve("dir/text"), "of the clone");
    Files.delete(stack.home("now").resolve("dir/text"));
    salvus("snapshot", "delete", "demo", "one");
    assertEquals("now", Files.readString(home.resolve("dir/text")));
    assertEquals("of the clone", Files.readString(stack.home("then").resolve("dir/text")));
    assertTrue(
        Arrays.equals(big, Files.readAllBytes(stack.home("then").resolve("big"))), "contents");
    for (String project : List.of("demo", "then", "now")) {
      var check = stack.run("check", project);
      assertEquals(0, check.exit(), check.output());
    }
  }

  @Test
  void rollback_whileFilesAreOpen_showsWhatWas_andCanBeUndone() throws Exception {
    work();
    salvus("snapshot", "create", "demo", "one");
    change();
    Files.writeString(home.resolve("later"), "x");
    assertEquals("now", Files.readString(home.resolve("dir/text")));
    try (var staying = FileChannel.open(home.resolve("big"), StandardOpenOption.READ);
        var shell = new Shell(home.resolve("dir"))) {
      String said = salvus("snapshot", "rollback", "demo", "one").strip();
      assertEquals("then", Files.readString(home.resolve("dir/text")));
      assertEquals("then", shell.ask("cat text"));
      assertEquals("text", shell.ask("ls"));
      assertFalse(Files.exists(home.resolve("later")));
      assertEquals(big.length, staying.size());
      assertTrue(Arrays.equals(big, Files.readAllBytes(home.resolve("big"))), "contents");
      Files.writeString(home.resolve("dir/text"), "after");

      String before = said.substring(said.lastIndexOf(' ') + 1);
      Path kept = home.resolve(".snapshots").resolve(before);
      assertEquals("now", Files.readString(kept.resolve("dir/text")));
      salvus("snapshot", "rollback", "demo", before);
      assertEquals("now", Files.readString(home.resolve("dir/text")));
      assertEquals("x", Files.readString(home.resolve("later")));
    }
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
  }

  private void work() throws IOException, InterruptedException {
    Files.createDirectory(home.resolve("dir"));
    Files.writeString(home.resolve("dir/text"), "then");
    Files.write(home.resolve("big"), big);
    Files.createSymbolicLink(home.resolve("link"), Path.of("dir/text"));
    sh(home, 0, "echo x > secret; chown 1234:1234 secret; chmod 600 secret; chmod 755 .");
  }

  private void change() throws IOException {
    Files.writeString(home.resolve("dir/text"), "now");
    Files.writeString(home.resolve("dir/new"), "new");
    Files.write(home.resolve("big"), new byte[] {1});
    Files.delete(home.resolve("link"));
    Files.delete(home.resolve("secret"));
  }

  private String salvus(String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(0, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }

  private static Set<String> names(Path of) throws IOException {
    var names = new TreeSet<String>();
    try (var entries = Files.newDirectoryStream(of)) {
      entries.forEach(each -> names.add(each.getFileName().toString()));
    }
    return names;
  }

  private static String sh(Path in, int exit, String script)
      throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("bash", "-c", script)
            .directory(in.toFile())
            .redirectErrorStream(true)
            .start();
    String output = String.join("\n", process.inputReader().lines().toList());
    assertEquals(exit, process.waitFor(), script + ": " + output);
    return output;
  }

  /** A shell that stands in a directory. */
  private static final class Shell implements AutoCloseable {
    private final Process process;

    Shell(Path in) throws IOException {
      process = new ProcessBuilder("bash").directory(in.toFile()).start();
      ask("true");
    }

    /** What a command prints, its lines joined by spaces. */
    String ask(String command) throws IOException {
      var to = process.outputWriter();
      to.write(command + "; echo; echo ...\n");
      to.flush();
      var answer = new StringBuilder();
      for (String line = process.inputReader().readLine();
          line != null && !line.equals("...");
          line = process.inputReader().readLine()) {
        answer.append(line).append(' ');
      }
      return answer.toString().strip();
    }

    @Override
    public void close() throws InterruptedException {
      process.destroyForcibly().waitFor();
    }
  }
}
