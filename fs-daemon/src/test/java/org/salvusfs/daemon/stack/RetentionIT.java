package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deleted projects and restored files as users see them, through a real mount. */
@Tag("mount")
class RetentionIT {
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
  void delete_undelete_purge_withACloneAlive() throws Exception {
    Files.createDirectory(home.resolve("dir"));
    Files.writeString(home.resolve("dir/text"), "then");
    Files.write(home.resolve("big"), big);
    salvus(0, "snapshot", "create", "demo", "one");
    salvus(0, "snapshot", "hold", "demo", "one");
    salvus(0, "project", "clone", "demo@one", "clone");
    Files.writeString(home.resolve("dir/unsynced"), "kept");

    try (var open = FileChannel.open(home.resolve("big"), StandardOpenOption.READ)) {
      assertTrue(salvus(0, "project", "delete", "demo").contains("purged in 29d 23h"));
      assertFalse(Files.exists(home));
      assertFalse(names(stack.mount()).contains("demo"));
      assertEquals("Stale file handle", failure(open));
    }
    assertFalse(salvus(0, "project", "list").contains("demo"));
    assertTrue(salvus(0, "project", "list", "--deleted").contains("29d 23h"));
    assertTrue(salvus(2, "project", "delete", "demo").contains("in the trash already"));
    assertTrue(salvus(7, "project", "create", "demo").contains("in the trash"));
    assertTrue(salvus(6, "snapshot", "list", "demo").contains("in the trash"));
    assertEquals(0, stack.stop());
    stack.start();
    assertFalse(Files.exists(home));

    salvus(0, "project", "undelete", "demo");
    assertEquals("kept", Files.readString(home.resolve("dir/unsynced")));
    assertTrue(Arrays.equals(big, Files.readAllBytes(home.resolve("big"))), "contents");
    assertEquals("then", Files.readString(home.resolve(".snapshots/one/dir/text")));
    assertTrue(salvus(2, "project", "undelete", "demo").contains("not deleted"));

    assertTrue(salvus(2, "project", "purge", "demo").contains("not in the trash"));
    salvus(0, "project", "delete", "demo");
    assertTrue(salvus(10, "project", "purge", "demo").contains("one (manual)"));
    assertTrue(salvus(0, "project", "purge", "demo", "--force").contains("its clones"));
    salvus(0, "project", "create", "demo");
    assertEquals(0, names(home).size(), "another project has the name");
    Path clone = stack.home("clone");
    assertEquals("then", Files.readString(clone.resolve("dir/text")));
    assertTrue(Arrays.equals(big, Files.readAllBytes(clone.resolve("big"))), "contents");
    Files.writeString(clone.resolve("dir/text"), "now");
    salvus(0, "check", "clone");
    assertTrue(salvus(0, "project", "list", "--deleted").contains("being purged"));

    salvus(0, "project", "delete", "clone");
    assertTrue(salvus(0, "project", "purge", "clone").contains("purged clone"));
    assertEquals(0, stack.stop());
    stack.start();
    DevStack.await(
        Duration.ofMinutes(1),
        () -> !output("project", "list", "--deleted").contains("being purged"),
        stack::errors);
    salvus(0, "check", "demo");
  }

  @Test
  void restore_ofATreeWithEverything_isAsItWas_whileItIsUsed() throws Exception {
    sh(
        "mkdir -p d/sub && echo then > d/text && ln d/text d/sub/again && ln -s ../text d/sub/link"
            + " && mkfifo d/pipe && truncate -s 3M d/sparse && echo x | dd of=d/sparse bs=1"
            + " seek=1000000 conv=notrunc status=none && setfattr -n user.a -v why d/text"
            + " && setfacl -m u:1234:r d/sub && chown -h 1234:1234 d/sub/link d/text"
            + " && chmod 4751 d/text && touch -d 2001-02-03T04:05:06.789 d/text d/sub d");
    Files.write(home.resolve("d/big"), big);
    sh("touch -d 2001-02-03T04:05:06.789 d");
    String facts =
        "find . | sort | while read f; do stat -c '%n %a %u %g %h %s %b %y %F' \"$f\"; done;"
            + " getfattr -d -h -R -m - . 2> /dev/null;"
            + " getfacl -n sub; md5sum big text sparse sub/again";
    String then = sh("cd d && " + facts);
    salvus(0, "snapshot", "create", "demo", "one");
    sh("echo newer > d/text && rm d/sub/link && echo new > d/sub/new && chmod 700 d/sub");
    sh("cat d/text d/sub/new > /dev/null && ls -lR d > /dev/null");
    try (var open = FileChannel.open(home.resolve("d/text"), StandardOpenOption.READ)) {
      String said = salvus(0, "snapshot", "restore", "demo", "one", "d").strip();
      String before = said.substring(said.lastIndexOf(' ') + 1);
      assertEquals("then\n", Files.readString(home.resolve("d/text")));
      assertFalse(Files.exists(home.resolve("d/sub/new")));
      assertEquals(6, open.size(), "who has the old one open");
      assertEquals("newer\n", Files.readString(home.resolve(".snapshots/" + before + "/d/text")));
    }
    assertEquals(then, sh("cd d && " + facts));
    assertTrue(then.contains("user.a=\"why\"") && then.contains("user:1234:r"), then);
    assertEquals(sh("stat -c %i d/text"), sh("stat -c %i d/sub/again"), "a link");
    assertEquals("", sh("ls -A | grep salvus-restore || true"));

    salvus(0, "snapshot", "restore", "demo", "one", "d/text", "--to", "brought");
    assertEquals("then\n", Files.readString(home.resolve("brought")));
    assertTrue(salvus(2, "snapshot", "restore", "demo", "one", "none").contains("no \"none\""));
    assertTrue(salvus(2, "snapshot", "restore", "demo", "one", "/").contains("rollback"));
    salvus(2, "snapshot", "restore", "demo", "one", "d", "--to", "none/d");
    salvus(0, "project", "set", "demo", "--quota", "1M");
    assertTrue(
        salvus(2, "snapshot", "restore", "demo", "one", "d/big", "--to", "b").contains("no room"));
    assertEquals("brought d", sh("ls -A | tr '\\n' ' '").strip());
    salvus(0, "check", "demo");
  }

  private String output(String... words) {
    try {
      return stack.run(words).output();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private String salvus(int exit, String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(exit, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }

  private static String failure(FileChannel open) {
    try {
      return "it has " + open.size() + " bytes";
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private static Set<String> names(Path of) throws IOException {
    var names = new TreeSet<String>();
    try (var entries = Files.newDirectoryStream(of)) {
      entries.forEach(each -> names.add(each.getFileName().toString()));
    }
    return names;
  }

  private String sh(String script) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("bash", "-c", "set -e -o pipefail; " + script)
            .directory(home.toFile())
            .redirectErrorStream(true)
            .start();
    String output = String.join("\n", process.inputReader().lines().toList());
    assertEquals(0, process.waitFor(), script + ": " + output);
    return output;
  }
}
