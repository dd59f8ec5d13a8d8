package org.salvusfs.daemon.fuse.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mounts that this process sees, in the order in which they were mounted. Reading the table
 * touches no filesystem, so that it works when a mounted one is dead.
 *
 * @see "proc_pid_mountinfo(5)"
 */
record MountTable(List<Row> rows) {
  private static final Path MOUNTINFO = Path.of("/proc/self/mountinfo");

  /**
   * One mount.
   *
   * @param device {@code major:minor}, for FUSE also the name of its backing device info, and the
   *     minor number that of its connection
   * @param mountPoint absolute
   * @param type with subtype, as {@code fuse.salvusfs}
   */
  record Row(String device, String mountPoint, String type) {
    /** The directory's name below /sys/fs/fuse/connections. */
    String connection() {
      return device.substring(device.indexOf(':') + 1);
    }
  }

  static MountTable read() throws IOException {
    // Bytes that are no UTF-8 must survive, so the text is taken apart as single bytes.
    return parse(Files.readString(MOUNTINFO, StandardCharsets.ISO_8859_1));
  }

  /** Parses mountinfo read as ISO 8859-1; lines that do not look like mounts are left out. */
  static MountTable parse(String text) {
    var rows = new ArrayList<Row>();
    for (String line : text.lines().toList()) {
      String[] fields = line.split(" ", -1);
      int dash = List.of(fields).indexOf("-");
      if (dash >= 5 && dash + 1 < fields.length) {
        rows.add(new Row(fields[2], unescape(fields[4]), fields[dash + 1]));
      }
    }
    return new MountTable(List.copyOf(rows));
  }

  /** The topmost mount on a directory. */
  Optional<Row> on(Path mountPoint) {
    String wanted = mountPoint.toString();
    return rows.reversed().stream().filter(row -> row.mountPoint().equals(wanted)).findFirst();
  }

  /** Undoes {@code \040} and its like, and decodes the bytes as UTF-8. */
  private static String unescape(String field) {
    byte[] bytes = new byte[field.length()];
    int count = 0;
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      if (c == '\\' && i + 3 < field.length()) {
        bytes[count++] = (byte) Integer.parseInt(field.substring(i + 1, i + 4), 8);
        i += 3;
      } else {
        bytes[count++] = (byte) c;
      }
    }
    return new String(bytes, 0, count, StandardCharsets.UTF_8);
  }
}
