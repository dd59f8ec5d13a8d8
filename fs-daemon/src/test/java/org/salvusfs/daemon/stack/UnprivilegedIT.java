package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code salvus dev} of a user who is not root: mounts through fusermount3. In a mount namespace of
 * its own, where /dev/fuse is open to everybody.
 */
@Tag("mount")
class UnprivilegedIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final int NOBODY = 65534;

  @TempDir Path directory;
  private Process namespace;
  private Commands theirs;
  private List<String> inside;
  private List<String> asNobody;

  @BeforeEach
  void enter() throws Exception {
    var commands = new Commands(new DevStack(directory.resolve("unused")), directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    assumeTrue(commands.works(List.of("unshare", "--mount")), "no mount namespaces here");
    namespace =
        new ProcessBuilder(
                "unshare",
                "--mount",
                "--propagation",
                "private",
                "bash",
                "-c",
                "mknod -m 666 "
                    + directory.resolve("fuse")
                    + " c 10 229"
                    + " && mount --bind "
                    + directory.resolve("fuse")
                    + " /dev/fuse"
                    + " && echo ready && read line")
            .redirectErrorStream(true)
            .start();
    assertEquals("ready", namespace.inputReader().readLine());
    inside = List.of("nsenter", "--target", Long.toString(namespace.pid()), "--mount");
    asNobody = new ArrayList<>(inside);
    asNobody.addAll(List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
    assumeTrue(commands.works(asNobody), "this machine lets no test become another user");
    theirs = commands.behind(asNobody).withReadableClassPath();
  }

  @AfterEach
  void leave() throws Exception {
    namespace.destroyForcibly().waitFor();
  }

  @Test
  void dev_ofAUser_mountsWorksAndUnmounts() throws Exception {
    Path own = Files.createDirectory(directory.resolve("own"));
    Files.setAttribute(own, "unix:uid", NOBODY);
    Path data = own.resolve("data");
    Path mount = own.resolve("mount");
    var daemon = theirs.start("dev", "--data", data.toString(), "--mount", mount.toString());
    try {
      DevStack.await(
          PATIENCE,
          () -> !daemon.isAlive() || Files.exists(data.resolve("salvus.yaml")), // the last step
          () -> "salvus dev of a user is not ready");
      assertEquals("fuse.salvusfs", output(inside, "findmnt -no FSTYPE " + mount));
      assertEquals(
          "hello " + NOBODY,
          output(
              asNobody,
              "cd %s/demo && printf hello > a && echo $(cat a) $(stat -c %%u .)".formatted(mount)));
      var stopped = theirs.run("stop", "--data", data.toString());
      assertEquals(0, stopped.exit(), stopped.output());
      assertEquals(0, daemon.waitFor());
      assertEquals("gone", output(inside, "mountpoint -q " + mount + " || echo gone"));
    } finally {
      daemon.destroy();
      if (!daemon.waitFor(1, TimeUnit.MINUTES)) {
        daemon.destroyForcibly();
      }
    }
    assertNotEquals(true, daemon.isAlive());
  }

  /** What a script prints; it must succeed. */
  private static String output(List<String> prefix, String script)
      throws IOException, InterruptedException {
    var command = new ArrayList<>(prefix);
    command.addAll(List.of("sh", "-c", script));
    var process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = String.join("\n", process.inputReader().lines().toList());
    assertEquals(0, process.waitFor(), output);
    return output;
  }
}
