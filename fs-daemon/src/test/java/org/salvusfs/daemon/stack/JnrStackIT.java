package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.fuse.Shell;
import org.salvusfs.daemon.fuse.jnr.JnrServer;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.fuse.kernel.Options;

/** A whole installation on the jnr binding: work, a crash, a stop, a check. */
@Tag("mount")
final class JnrStackIT {
  private static final Path SCRIPTS =
      DevStack.repository().resolve("fs-daemon/src/test/resources/workloads");

  @TempDir private Path directory = Path.of("");
  private DevStack stack = new DevStack(directory);

  @BeforeEach
  void start() throws Exception {
    Path probe = Files.createDirectory(directory.resolve("probe"));
    try {
      JnrServer.requireMountable(probe, Options.defaults());
    } catch (MountException e) {
      assumeTrue(false, "skipped: " + e.getMessage());
    }
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\nfuse:\n  binding: jnr\n");
    stack.start();
  }

  @AfterEach
  void close() throws Exception {
    stack.close();
  }

  @Test
  void workOnLibfuse2_survivesAKillAndAStop_andCheckIsClean() throws Exception {
    assertTrue(stack.run("status", "--json").output().contains("\"fuse\" : \"jnr\""));
    work("git");
    work("sqlite");
    Shell.run(stack.home(), "mkdir kept; echo synced > kept/f; sync kept/f kept");
    stack.killDaemon();
    stack.start(); // over the dead mount
    assertEquals("synced\n", Files.readString(stack.home().resolve("kept/f")));
    Shell.run(stack.home(), "rm -rf git sqlite");
    assertEquals("kept\n", Shell.run(stack.home(), "ls -A"));
    assertEquals(0, stack.stop());
    assertFalse(Files.readString(Path.of("/proc/mounts")).contains(" " + stack.mount() + " "));
    stack.start();
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
    assertEquals("synced\n", Files.readString(stack.home().resolve("kept/f")));
  }

  @Test
  void quotaOnLibfuse2_bindsTheUser_andLeavesRootTheReserve() throws Exception {
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path home = stack.home();
    Shell.run(home, "chown 1000:1000 .");
    var set = stack.run("project", "set", "demo", "--quota", "4M", "--reserve", "1M");
    assertEquals(0, set.exit(), set.output());
    String user = "setpriv --reuid 1000 --regid 1000 --clear-groups ";
    var refused = Shell.attempt(home, user + "dd if=/dev/zero of=fill bs=64k");
    assertTrue(refused.output().contains("Disk quota exceeded"), refused::output);
    assertEquals(3 << 20, Files.size(home.resolve("fill")));
    Shell.run(home, user + "dd if=/dev/zero of=fill bs=64k count=4 conv=notrunc");
    Shell.run(home, "dd if=/dev/zero of=runtime bs=64k count=16");
    assertEquals(1, Shell.attempt(home, "head -c 1 /dev/zero > more").exitCode());
    Shell.run(home, user + "rm -f fill runtime");
    Shell.run(home, user + "dd if=/dev/zero of=again bs=64k count=48");
  }

  private void work(String name) throws Exception {
    Path home = Files.createDirectory(stack.home().resolve(name));
    Path scratch = Files.createDirectories(directory.resolve("scratch"));
    Shell.run(directory, "bash %s %s %s".formatted(SCRIPTS.resolve(name + ".sh"), home, scratch));
  }
}
