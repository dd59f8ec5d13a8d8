package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.daemon.stack.Trees.sh;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A shared course folder as its readers see it, through a real mount. */
@Tag("mount")
class LinkIT {
  private static final String OWNER = "setpriv --reuid 1234 --regid 1234 --clear-groups ";
  private static final String OTHER = "setpriv --reuid 4321 --regid 4321 --clear-groups ";

  @TempDir Path directory;
  private DevStack stack;
  private Path home;
  private Path notes;
  private Path shared;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\n");
    stack.start();
    salvus(0, "project", "create", "course");
    home = stack.home();
    notes = stack.home("course").resolve("notes");
    shared = home.resolve("shared");
    sh(home, "chown 1234:1234 .");
    Files.createDirectory(notes);
    sh(notes, "echo first > text; chmod 600 text; mkdir -m 700 sub; echo below > sub/below");
    sh(notes, "head -c 1000000 /dev/urandom > big; cp /bin/true tool; chmod 6755 tool");
    salvus(0, "project", "link", "course", "notes", "demo:shared");
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void linkedDirectory_isItsReadersOwn_andReadOnly() throws Exception {
    assertEquals("first", sh(home, OWNER + "cat shared/text"));
    assertEquals("below", sh(home, OWNER + "cat shared/sub/below"));
    assertEquals("1234 1234 600", sh(home, "stat -c '%u %g %a' shared/text"));
    assertEquals("1234 1234 755", sh(home, "stat -c '%u %g %a' shared/tool"));
    assertEquals("", sh(home, "! " + OTHER + "cat shared/text 2> /dev/null"));
    sh(home, "diff -r ../course/notes shared");
    for (String change :
        new String[] {
          "touch shared/new", "rm shared/text", "mv shared/text shared/other",
              "chmod 777 shared/text",
          "chown 0:0 shared", "ln shared/text here", "echo x >> shared/text", "mkdir shared/d"
        }) {
      String said = sh(home, "! " + change);
      String expected = change.startsWith("ln") ? "Invalid cross-device" : "Read-only file system";
      assertTrue(said.contains(expected), change + ": " + said);
    }
    assertTrue(sh(home, "! ls shared/.snapshots 2>&1").contains("No such file"));
    assertFalse(Files.exists(home.resolve("here")));
    String shown = salvus(0, "project", "show", "demo", "--json").replaceAll("\\s", "");
    assertTrue(shown.contains("\"bytes\":0,\"inodes\":2,"), shown);
    salvus(7, "project", "link", "course", "notes", "demo:shared");
    salvus(2, "project", "link", "course", "notes/text", "demo:x");
    salvus(2, "project", "link", "course", "none", "demo:x");
    salvus(2, "project", "link", "demo", "", "demo:x");
    salvus(0, "project", "link", "course", "/", "demo:all", "--owner", "7:8");
    assertEquals("7 8", sh(home, "stat -c '%u %g' all/notes/text"));
    salvus(0, "check", "demo");
    salvus(0, "check", "course");

    // Whoever owns the directory that has it can move it and throw it away, but not make one.
    sh(home, OWNER + "mv shared mine; " + OWNER + "cat mine/text; " + OWNER + "rmdir mine");
    assertEquals(Set.of("all"), names(home));
    assertFalse(salvus(0, "project", "links", "demo").contains("shared"));
    assertEquals("first", Files.readString(notes.resolve("text")).strip());
  }

  @Test
  void link_followsItsSource_throughRestartUpgradeAndDeletion() throws Exception {
    salvus(0, "snapshot", "create", "demo", "one");
    assertEquals(Set.of("big", "sub", "text", "tool"), names(shared));
    assertEquals("first\n", Files.readString(shared.resolve("text")));
    assertFalse(Files.exists(shared.resolve("later")));
    assertTrue(Files.exists(shared.resolve("sub/below")));
    sh(notes, "echo second > text; echo x > later; rm sub/below");
    await(
        () ->
            text().equals("second\n")
                && Files.exists(shared.resolve("later"))
                && !Files.exists(shared.resolve("sub/below")));

    assertEquals(0, stack.stop());
    stack.start();
    assertEquals("second\n", text());
    try (var open = FileChannel.open(shared.resolve("big"), StandardOpenOption.READ)) {
      var upgraded = stack.upgrade();
      assertEquals(0, upgraded.exit(), upgraded.output());
      assertEquals(1_000_000, open.size());
    }
    sh(notes, "echo third > text");
    await(() -> text().equals("third\n"));

    assertEquals(Set.of(), names(home.resolve(".snapshots/one/shared")));
    salvus(0, "project", "clone", "demo", "fork");
    assertEquals("third\n", Files.readString(stack.home("fork").resolve("shared/text")));

    salvus(0, "project", "delete", "course");
    await(() -> names(shared).isEmpty() && mode().equals("r-xr-xr-x"));
    assertEquals("1234 1234", sh(home, "stat -c '%u %g' shared"));
    assertTrue(salvus(0, "project", "links", "demo").contains("(deleted)"));
    salvus(0, "check", "demo");
    salvus(0, "project", "undelete", "course");
    await(() -> names(shared).contains("text") && text().equals("third\n"));
    salvus(0, "project", "unlink", "demo:shared");
    assertFalse(Files.exists(shared));
    salvus(2, "project", "unlink", "demo:shared");
    assertEquals("third\n", Files.readString(stack.home("fork").resolve("shared/text")));
    salvus(0, "project", "delete", "course");
    salvus(0, "project", "purge", "course");
    await(() -> names(stack.home("fork").resolve("shared")).isEmpty());
    salvus(0, "project", "unlink", "fork:shared");
    salvus(0, "check", "fork");
  }

  private String text() {
    try {
      return Files.readString(shared.resolve("text"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String mode() {
    try {
      return PosixFilePermissions.toString(Files.getPosixFilePermissions(shared));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Whoever has something open at the moment at which another directory is shown finds it stale.
   */
  private void await(BooleanSupplier condition) throws InterruptedException {
    BooleanSupplier unlessStale =
        () -> {
          try {
            return condition.getAsBoolean();
          } catch (UncheckedIOException | DirectoryIteratorException e) {
            if (!e.toString().endsWith("Stale file handle")) {
              throw e;
            }
            return false;
          }
        };
    DevStack.await(Duration.ofMinutes(1), unlessStale, stack::errors);
  }

  private static Set<String> names(Path of) {
    var names = new TreeSet<String>();
    try (var entries = Files.newDirectoryStream(of)) {
      entries.forEach(each -> names.add(each.getFileName().toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return names;
  }

  private String salvus(int exit, String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(exit, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }
}
