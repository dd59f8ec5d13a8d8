package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.fuse.Shell;

/** What others see of privileges that a file has lost, through a real mount. */
@Tag("mount")
class PrivilegesIT {
  @TempDir Path directory;
  private DevStack stack;

  @BeforeEach
  void start() throws Exception {
    stack = new DevStack(directory.resolve("stack"));
    stack.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\n");
    stack.start();
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
  }

  /** {@code stat -c %a} asks for the mode alone, which the kernel does not mistrust by itself. */
  @Test
  void changeByOtherUser_showsTheModeAlone_withoutWhatIsGone() throws Exception {
    Path home = stack.home();
    String other = "setpriv --reuid 1000 --regid 1000 --clear-groups ";
    Shell.run(home, "echo old > f; chown 1000:1000 f; chmod a+x .");
    for (String change : List.of("sh -c 'echo x >> f'", "sh -c ': > f'", "fallocate -l 100 f")) {
      Shell.run(home, "chmod 6777 f; test $(stat -c %a f) = 6777");
      Shell.run(home, other + change);
      assertEquals("777", Shell.run(home, "stat -c %a f").strip(), change);
    }
  }

  /** The setgid bit of a file that its group may not execute, as on ext4. */
  @Test
  void changeByOtherUser_keepsSetgidWithoutExecute_onlyIfInTheGroup() throws Exception {
    Path home = stack.home();
    Shell.run(home, "echo old > f; chown 1000:1000 f; chmod a+x .");
    for (String change :
        List.of(
            "sh -c 'echo x >> f'",
            "sh -c ': > f'",
            "truncate -s 10 f",
            "fallocate -l 100 f",
            "fallocate -p -l 10 f")) {
      assertEquals("666", modeAfter("--regid 1001 --clear-groups", change), change);
      assertEquals("2666", modeAfter("--regid 1000 --clear-groups", change), change);
      assertEquals("2666", modeAfter("--regid 1001 --groups 1002,1000", change), change);
    }
  }

  private String modeAfter(String groups, String change) throws Exception {
    Path home = stack.home();
    Shell.run(home, "chmod 6666 f");
    Shell.run(home, "setpriv --reuid 1001 " + groups + " " + change);
    return Shell.run(home, "stat -c %a f").strip();
  }
}
