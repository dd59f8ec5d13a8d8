package org.salvusfs.daemon.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fuse.FuseChoice;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.quota.policy.Spans;
import org.salvusfs.quota.retention.Retention;

/**
 * One key of the configuration file.
 *
 * @param path names of the nested mappings, with dots
 * @param type what the documentation calls its values
 * @param fallback the value when the key is absent, as it would be written; null: the key is
 *     required; empty: no value
 */
record Setting<T>(String path, String type, @Nullable String fallback, Reader<T> reader) {
  static final Setting<Path> DATA = new Setting<>("data", "path", null, Setting::path);
  static final Setting<Path> MOUNT = new Setting<>("mount", "path", null, Setting::path);
  static final Setting<Optional<Path>> PASSPHRASE_FILE =
      new Setting<>("passphrase-file", "path", "", Setting::optionalPath);
  static final Setting<Boolean> CASSANDRA_LOCAL = yesNo("cassandra.local", "no");
  static final Setting<List<String>> CASSANDRA_CONTACT_POINTS =
      new Setting<>(
          "cassandra.contact-points", "list of host:port", "127.0.0.1:9042", Setting::hostPorts);
  static final Setting<String> CASSANDRA_DATACENTER = text("cassandra.datacenter", "dc1");
  static final Setting<String> CASSANDRA_KEYSPACE =
      new Setting<>("cassandra.keyspace", "name", "salvus", Setting::keyspace);
  static final Setting<Integer> CASSANDRA_COPIES = number("cassandra.copies", "3", 1, 9);
  static final Setting<Durability> DURABILITY =
      new Setting<>("durability", "host or quorum", "host", Setting::durability);
  static final Setting<Duration> PATIENCE = duration("patience", "30s");
  static final Setting<Duration> TXG_INTERVAL = duration("txg.interval", "5s");
  static final Setting<Long> TXG_DIRTY_BYTES = bytes("txg.dirty-bytes", "48MiB");
  static final Setting<Long> TXG_DIRTY_BYTES_ALL = bytes("txg.dirty-bytes-all", "144MiB");
  static final Setting<Integer> TXG_ITEMS = number("txg.items", "100000", 1, 10_000_000);
  static final Setting<Long> CACHE_CHUNKS = bytes("cache.chunks", "96MiB");
  static final Setting<Long> CACHE_NODES = bytes("cache.nodes", "64MiB");
  static final Setting<Integer> FUSE_THREADS = number("fuse.threads", "2", 1, 64);
  static final Setting<Boolean> FUSE_WRITEBACK = yesNo("fuse.writeback", "no");
  static final Setting<Boolean> FUSE_KEEP_AWAKE = yesNo("fuse.keep-awake", "no");
  static final Setting<FuseChoice> FUSE_BINDING =
      new Setting<>(
          "fuse.binding",
          "auto, kernel or jnr",
          "auto",
          (written, directory) -> FuseChoice.of(written));
  static final Setting<Retention> SNAPSHOTS_POLICY =
      new Setting<>(
          "snapshots.policy", "policy", Retention.USUAL, (written, directory) -> policy(written));
  static final Setting<Integer> SNAPSHOTS_MOST = number("snapshots.most", "250", 1, 10_000);
  static final Setting<Integer> SNAPSHOTS_FACTOR = number("snapshots.factor", "3", 0, 1000);
  static final Setting<Duration> TRASH_GRACE =
      new Setting<>("trash.grace", "span", "30d", (written, directory) -> span(written));
  static final Setting<Duration> GC_PERIOD = duration("gc.period", "24h");
  static final Setting<Duration> GC_GRACE = duration("gc.grace", "1min");
  static final Setting<Long> GC_BYTES_PER_SECOND = bytes("gc.bytes-per-second", "32MiB");
  static final Setting<Duration> SCRUB_PERIOD =
      new Setting<>("scrub.period", "span", "30d", (written, directory) -> span(written));
  static final Setting<Long> SCRUB_BYTES_PER_SECOND = bytes("scrub.bytes-per-second", "16MiB");
  static final Setting<InetAddress> CONTROL_ADDRESS =
      new Setting<>("control.address", "IP address", "127.0.0.1", Setting::address);
  static final Setting<Integer> CONTROL_PORT = number("control.port", "0", 0, 65_535);
  static final Setting<Optional<Path>> CONTROL_CERTIFICATE =
      new Setting<>("control.certificate", "path", "", Setting::optionalPath);
  static final Setting<Optional<Path>> CONTROL_KEY =
      new Setting<>("control.key", "path", "", Setting::optionalPath);

  /** Every key that the file may hold, in the order of the documentation. */
  static final List<Setting<?>> ALL =
      List.of(
          DATA,
          MOUNT,
          PASSPHRASE_FILE,
          CASSANDRA_LOCAL,
          CASSANDRA_CONTACT_POINTS,
          CASSANDRA_DATACENTER,
          CASSANDRA_KEYSPACE,
          CASSANDRA_COPIES,
          DURABILITY,
          PATIENCE,
          TXG_INTERVAL,
          TXG_DIRTY_BYTES,
          TXG_DIRTY_BYTES_ALL,
          TXG_ITEMS,
          CACHE_CHUNKS,
          CACHE_NODES,
          FUSE_THREADS,
          FUSE_WRITEBACK,
          FUSE_KEEP_AWAKE,
          FUSE_BINDING,
          SNAPSHOTS_POLICY,
          SNAPSHOTS_MOST,
          SNAPSHOTS_FACTOR,
          TRASH_GRACE,
          GC_PERIOD,
          GC_GRACE,
          GC_BYTES_PER_SECOND,
          SCRUB_PERIOD,
          SCRUB_BYTES_PER_SECOND,
          CONTROL_ADDRESS,
          CONTROL_PORT,
          CONTROL_CERTIFICATE,
          CONTROL_KEY);

  /** Turns the written value into the one that is used. */
  @FunctionalInterface
  interface Reader<T> {
    /**
     * The value that {@code written} stands for.
     *
     * @param directory what relative paths are relative to
     * @throws IllegalArgumentException saying what is expected instead
     */
    T read(String written, Path directory);
  }

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|min|h)");
  private static final Pattern BYTES = Pattern.compile("([0-9]{1,9})(KiB|MiB|GiB)");
  private static final Pattern HOST_PORT = Pattern.compile("[^\\s:]+:[0-9]{1,5}");
  private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");

  private static Setting<Boolean> yesNo(String path, String fallback) {
    return new Setting<>(
        path,
        "yes or no",
        fallback,
        (written, directory) ->
            switch (written) {
              case "yes", "true" -> true;
              case "no", "false" -> false;
              default -> throw new IllegalArgumentException("write yes or no");
            });
  }

  private static Setting<String> text(String path, String fallback) {
    return new Setting<>(path, "name", fallback, (written, directory) -> nonEmpty(written));
  }

  private static Setting<Integer> number(String path, String fallback, int least, int most) {
    return new Setting<>(
        path,
        least + " to " + most,
        fallback,
        (written, directory) -> {
          var expected = "write a whole number from " + least + " to " + most;
          try {
            int value = Integer.parseInt(written);
            if (value < least || value > most) {
              throw new IllegalArgumentException(expected);
            }
            return value;
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected, e);
          }
        });
  }

  private static Setting<Duration> duration(String path, String fallback) {
    return new Setting<>(
        path,
        "duration",
        fallback,
        (written, directory) -> {
          var match = matched(DURATION, written, "write a duration such as 500ms, 5s or 2min");
          long count = Long.parseLong(match.group(1));
          return switch (match.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "min" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
          };
        });
  }

  private static Setting<Long> bytes(String path, String fallback) {
    return new Setting<>(
        path,
        "size",
        fallback,
        (written, directory) -> {
          var match = matched(BYTES, written, "write a size such as 64KiB, 32MiB or 1GiB");
          long count = Long.parseLong(match.group(1));
          return switch (match.group(2)) {
            case "KiB" -> count << 10;
            case "MiB" -> count << 20;
            default -> count << 30;
          };
        });
  }

  private static Path path(String written, Path directory) {
    return directory.resolve(nonEmpty(written)).toAbsolutePath().normalize();
  }

  private static Optional<Path> optionalPath(String written, Path directory) {
    return written.isEmpty() ? Optional.empty() : Optional.of(path(written, directory));
  }

  private static InetAddress address(String written, Path directory) {
    try {
      return InetAddress.ofLiteral(written);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("write an IP address such as 127.0.0.1 or ::1", e);
    }
  }

  private static List<String> hostPorts(String written, Path directory) {
    var points = Arrays.stream(written.split(",")).map(String::strip).toList();
    points.forEach(point -> matched(HOST_PORT, point, "write host:port, or a list of them"));
    return points;
  }

  private static String keyspace(String written, Path directory) {
    matched(KEYSPACE, written, "write a keyspace of lower-case letters, digits and _");
    return written;
  }

  private static Durability durability(String written, Path directory) {
    return switch (written) {
      case "host" -> Durability.HOST;
      case "quorum" -> Durability.QUORUM;
      default -> throw new IllegalArgumentException("write host or quorum");
    };
  }

  private static Retention policy(String written) {
    try {
      return Retention.parse(written);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          e.getMessage() + "; write a policy such as 1h:24,1d:7, or none", e);
    }
  }

  private static Duration span(String written) {
    try {
      return Spans.parse(written);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("write a span of time such as 12h or 30d", e);
    }
  }

  private static String nonEmpty(String written) {
    if (written.isBlank()) {
      throw new IllegalArgumentException("write a value");
    }
    return written;
  }

  private static Matcher matched(Pattern pattern, String written, String expected) {
    var matcher = pattern.matcher(written);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(expected);
    }
    return matcher;
  }
}
