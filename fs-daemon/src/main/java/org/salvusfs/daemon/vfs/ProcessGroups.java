package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.salvusfs.daemon.fs.Caller;

/** The groups of whoever asks; requests carry only one of them. */
final class ProcessGroups {
  private static final String SUPPLEMENTARY = "Groups:";

  private ProcessGroups() {}

  /**
   * Whether {@code caller} is in a group, by its own or a supplementary one, which Linux tells in
   * {@code /proc/PID/status} (proc_pid_status(5)). A process that cannot be seen from here, as one
   * of another PID namespace, is in its own group only.
   */
  static boolean contain(Caller caller, int gid) {
    if (caller.gid() == gid) {
      return true;
    }
    String wanted = Integer.toUnsignedString(gid);
    try {
      // A process may have any bytes for a name, which is in there, too.
      return Files.readAllLines(Path.of("/proc/" + caller.pid() + "/status"), ISO_8859_1).stream()
          .filter(line -> line.startsWith(SUPPLEMENTARY))
          .flatMap(line -> Arrays.stream(line.substring(SUPPLEMENTARY.length()).strip().split(" ")))
          .anyMatch(wanted::equals);
    } catch (IOException e) {
      // It has ended, or has the number 0: it cannot be seen from here.
      return false;
    }
  }
}
