package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.salvusfs.daemon.bucket.StoredObject;

/**
 * What an installation knows of the packs in a bucket: a file of lines, one for each pack that was
 * begun here, and one for each that is there, with its first and last bytes, so that opening a
 * target does not read all packs. The last line of a name counts. Durable after each call.
 */
final class KnownPacks {
  /** As much of both ends as a store reads of every pack when it is opened. */
  static final int EDGE_BYTES = 64;

  private static final String FILE = "packs-known";
  private static final Pattern BEGUN = Pattern.compile("begun (\\S+)");
  private static final Pattern STORED =
      Pattern.compile("stored (\\S+) ([0-9]{1,18}) (\\S*) ([0-9a-f]*) ([0-9a-f]*) \\.");

  private final Path file;
  private final Map<String, Optional<Stored>> packs = new TreeMap<>();

  private KnownPacks(Path file) {
    this.file = file;
  }

  /**
   * A pack in the bucket.
   *
   * @param tag changes with its contents
   * @param head its first bytes, at most {@link #EDGE_BYTES}
   * @param tail its last bytes, as many
   */
  record Stored(String name, long bytes, String tag, byte[] head, byte[] tail) {
    /** Copies bytes at {@code position} that are in the head or the tail; how many. */
    int copyEdge(ByteBuffer into, long position, int wanted) {
      if (position < head.length) {
        int count = (int) Math.min(wanted, head.length - position);
        into.put(head, (int) position, count);
        return count;
      }
      long tailAt = bytes - tail.length;
      if (position >= tailAt) {
        into.put(tail, (int) (position - tailAt), wanted);
        return wanted;
      }
      return 0;
    }

    private String line() {
      var hex = HexFormat.of();
      return "stored %s %d %s %s %s .\n"
          .formatted(name, bytes, tag, hex.formatHex(head), hex.formatHex(tail));
    }
  }

  /** What the file in {@code directory} says; of a line that was cut, nothing is taken. */
  static KnownPacks read(Path directory) throws IOException {
    var known = new KnownPacks(directory.resolve(FILE));
    if (Files.exists(known.file)) {
      String text = Files.readString(known.file);
      text.lines().forEach(known::take);
      if (!text.endsWith("\n")) {
        known.append("\n"); // so that the next line is one of its own
      }
    }
    return known;
  }

  /** Forgets everything. */
  static KnownPacks none(Path directory) throws IOException {
    Files.deleteIfExists(directory.resolve(FILE));
    return new KnownPacks(directory.resolve(FILE));
  }

  private void take(String line) {
    Matcher begun = BEGUN.matcher(line);
    Matcher stored = STORED.matcher(line);
    if (begun.matches()) {
      packs.put(begun.group(1), Optional.empty());
    } else if (stored.matches()) {
      var hex = HexFormat.of();
      var pack =
          new Stored(
              stored.group(1),
              Long.parseLong(stored.group(2)),
              stored.group(3),
              hex.parseHex(stored.group(4)),
              hex.parseHex(stored.group(5)));
      packs.put(pack.name(), Optional.of(pack));
    }
  }

  /** Whether the bucket has something else under a name that is known here. */
  boolean contradicts(StoredObject pack) {
    Optional<Stored> present = packs.get(pack.name());
    return present != null
        && present
            .filter(one -> one.bytes() == pack.bytes() && one.tag().equals(pack.tag()))
            .isEmpty();
  }

  /** The pack of that name, if it is known to be in the bucket. */
  Optional<Stored> stored(String name) {
    return packs.getOrDefault(name, Optional.empty());
  }

  /** Notes that a pack grows here. */
  void begin(String name) throws IOException {
    append("begun " + name + "\n");
    packs.put(name, Optional.empty());
  }

  /** Notes that a pack is in the bucket. */
  void add(Stored pack) throws IOException {
    append(pack.line());
    packs.put(pack.name(), Optional.of(pack));
  }

  private void append(String line) throws IOException {
    try (var channel = FileChannel.open(file, CREATE, APPEND)) {
      var bytes = ByteBuffer.wrap(line.getBytes(UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}
