package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.salvusfs.daemon.stack.Trees.sh;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.ImportReport;

/** Importing directories, compared with rsync's eyes: it would copy nothing more. */
@Tag("mount")
class ImportIT {
  @TempDir Path directory;
  private DevStack stack;
  private Path home;
  private Path source;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\n");
    stack.start();
    home = stack.home();
    source = Files.createDirectory(directory.resolve("source"));
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  @Test
  void import_ofEverything_isWhatRsyncWouldMake_andIsSeenAtOnce() throws Exception {
    sh(source, Trees.MAKE_EVERYTHING);
    sh(
        home,
        "! test -e dir; mkdir acl; echo old > acl/inherits; cat acl/inherits; ! test -e acl/x");
    ImportReport first = imported();
    assertTrue(first.isComplete(), first.toString());
    assertEquals("text", Files.readString(home.resolve("dir/text")).strip());
    assertEquals("i", Files.readString(home.resolve("acl/inherits")).strip());
    assertSameAsSource();
    sh(home, "test $(stat -c %b sparse) -lt 100 && test $(stat -c %h big) = 3");

    ImportReport second = imported();
    assertEquals(second.entries(), second.unchanged());
    assertEquals(0, second.bytesCopied());

    sh(source, "echo more >> dir/text; rm link; echo a file > link; ln -sfn dir/sub dangling");
    sh(source, "rm dir/again; echo alone > dir/again; chmod 640 setuid; setfattr -x trusted.t dir");
    sh(source, "echo new > dir/sub/new; setfacl -b dir/text; touch -d 2011-11-11 dir");
    ImportReport third = imported();
    assertTrue(third.isComplete(), third.toString());
    assertTrue(third.bytesCopied() < 1000, third.toString());
    assertSameAsSource();
    assertSound();
  }

  @Test
  void import_killedInTheMiddle_goesOnWhenRepeated() throws Exception {
    sh(
        source,
        "mkdir many; for i in $(seq 3000); do echo $i > many/$i; done; head -c 9000000 /dev/urandom > big");
    try (var threads = Executors.newSingleThreadExecutor()) {
      var cut = threads.submit(() -> stack.run("import", "demo", source.toString()));
      DevStack.await(
          Duration.ofMinutes(1), () -> Files.exists(home.resolve("many/1000")), stack::errors);
      stack.killDaemon();
      assertTrue(cut.get().exit() > 1, "the import ended well although the daemon was killed");
    }
    stack.start();
    assertTrue(imported().isComplete());
    assertSameAsSource();
    assertSound();
  }

  @Test
  void import_thatCannotBeComplete_saysWhy_andLosesNothing() throws Exception {
    sh(
        source,
        "mkdir first; echo f > first/f; echo x > second; head -c 4000000 /dev/urandom > big");
    sh(home, "echo mine > first; mkdir second; echo mine > second/file");
    var partly = stack.run("import", "demo", source.toString());
    assertEquals(1, partly.exit(), partly.output());
    assertTrue(partly.output().contains("/first: ENOTDIR"), partly.output());
    assertTrue(partly.output().contains("/second: EISDIR"), partly.output());
    sh(
        home,
        "test $(cat first) = mine && test $(cat second/file) = mine && rm -r first second big");

    assertEquals(0, stack.run("project", "set", "demo", "--quota", "2M").exit());
    var full = stack.run("import", "demo", source.toString());
    assertEquals(9, full.exit(), full.output());
    assertTrue(full.output().contains("raise it with ./salvus project set"), full.output());
    assertFalse(Files.exists(home.resolve("big")));
    assertEquals(0, stack.run("project", "set", "demo", "--quota", "20M").exit());
    assertTrue(imported().isComplete());
    assertSameAsSource();

    assertEquals(6, stack.run("import", "none", source.toString()).exit());
    for (Path wrong : new Path[] {source.resolve("absent"), source.resolve("second"), home}) {
      assertEquals(2, stack.run("import", "demo", wrong.toString()).exit());
    }
    assertSound();
  }

  private ImportReport imported() throws Exception {
    var result = stack.run("import", "--json", "demo", source.toString());
    assertTrue(result.exit() <= 1, () -> result.output() + stack.errors());
    return new ObjectMapper().readValue(result.output(), ImportReport.class);
  }

  private void assertSameAsSource() throws IOException, InterruptedException {
    Trees.assertSame(source, home, "");
  }

  private void assertSound() throws IOException, InterruptedException {
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
  }
}
