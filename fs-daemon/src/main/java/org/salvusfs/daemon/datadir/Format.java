package org.salvusfs.daemon.datadir;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * What the file {@code format} says.
 *
 * @param version of the directory's layout
 * @param cluster the cluster that the directory belongs to; empty until it joined one
 */
record Format(int version, Optional<UUID> cluster) {
  /** The version that this code writes, and the newest that it reads. */
  static final int VERSION = 1;

  private static final Pattern TEXT =
      Pattern.compile(
          "salvusfs data directory\nversion: (\\d{1,9})\n(?:cluster: ([0-9a-f-]{36})\n)?.*",
          Pattern.DOTALL);

  /** Reads what {@link #text} wrote; empty if it is something else. */
  static Optional<Format> parse(String text) {
    var matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new Format(
              Integer.parseInt(matcher.group(1)),
              Optional.ofNullable(matcher.group(2)).map(UUID::fromString)));
    } catch (IllegalArgumentException notAnId) {
      return Optional.empty();
    }
  }

  String text() {
    return "salvusfs data directory\nversion: "
        + version
        + "\n"
        + cluster.map(id -> "cluster: " + id + "\n").orElse("");
  }
}
