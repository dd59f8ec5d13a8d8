package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What people do in a home, done in a real mount on a real Cassandra; see the scripts. */
@Tag("mount")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class WorkloadsIT {
  private static final Path SCRIPTS =
      DevStack.repository().resolve("fs-daemon/src/test/resources/workloads");

  private Path directory;
  private DevStack stack;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    stack = new DevStack(directory.resolve("stack"));
    stack.start();
  }

  @AfterAll
  void stop() throws Exception {
    stack.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git",
        "build",
        "venv",
        "sqlite",
        "rsync",
        "mmap",
        "sparse",
        "deep",
        "specials",
        "many"
      })
  void workload_inAHome_behavesAsOnALocalDisk(String name) throws Exception {
    Path home = Files.createDirectory(stack.home().resolve(name));
    Path scratch = Files.createDirectories(directory.resolve("scratch"));
    Path out = directory.resolve(name + ".out");
    Process script =
        new ProcessBuilder(
                "bash",
                SCRIPTS.resolve(name + ".sh").toString(),
                home.toString(),
                scratch.toString())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile())
            .start();
    if (!script.waitFor(10, TimeUnit.MINUTES)) {
      script.destroyForcibly();
      throw new IllegalStateException(name + " did not end: " + tail(out));
    }
    assertEquals(0, script.exitValue(), () -> name + ": " + tail(out));
  }

  @Test
  void restart_afterWork_findsEverything_andCheckIsClean() throws Exception {
    Path file = stack.home().resolve("kept");
    Files.writeString(file, "kept");
    assertEquals(0, stack.stop());
    stack.start();
    assertEquals("kept", Files.readString(file));
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
    var status = stack.run("status", "--json");
    assertTrue(status.output().contains("\"demo\""), status.output());
  }

  @Test
  void project_createdAfterSomebodyLookedForIt_isThere() throws Exception {
    Path home = stack.mount().resolve("late");
    assertFalse(Files.exists(home));
    var created = stack.run("project", "create", "late");
    assertEquals(0, created.exit(), created.output());
    assertTrue(Files.exists(home));
  }

  private static String tail(Path out) {
    try {
      String text = Files.readString(out, java.nio.charset.StandardCharsets.ISO_8859_1);
      return text.substring(Math.max(0, text.length() - 3000));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
