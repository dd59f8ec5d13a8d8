package org.salvusfs.daemon.proof;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.salvusfs.blockstore.api.BlockId;

/**
 * The pack files of an installation that does not run, with a copy to restore them from.
 *
 * @see "docs/formats/pack-v1.md"
 */
final class PackFiles {
  private static final int HEADER_BYTES = 64;
  private static final int RECORD_HEADER_BYTES = 48;
  private static final int RECORD_MAGIC = 0xa5535231;
  private static final int ALIGNMENT = 8;

  /** A record: {@code bytes[start, end)} of a file, without padding. */
  private record Span(int start, int end, BlockId id) {}

  private final Path packs;
  private final Path index;
  private final Path copy;
  private final List<Path> files = new ArrayList<>();
  private final List<NavigableMap<Integer, Span>> records = new ArrayList<>();

  PackFiles(Path packs, Path index, Path copy) throws IOException {
    this.packs = packs;
    this.index = index;
    this.copy = copy;
    copyTree(packs, copy.resolve("packs"));
    copyTree(index, copy.resolve("index"));
    try (var list = Files.newDirectoryStream(packs, "*.spk")) {
      for (Path file : list) {
        files.add(file);
        records.add(records(ByteBuffer.wrap(Files.readAllBytes(file))));
      }
    }
  }

  private static NavigableMap<Integer, Span> records(ByteBuffer pack) {
    var found = new TreeMap<Integer, Span>();
    int at = HEADER_BYTES;
    while (at + RECORD_HEADER_BYTES <= pack.limit()) {
      if (pack.getInt(at) == RECORD_MAGIC) {
        int end = at + RECORD_HEADER_BYTES + pack.getInt(at + 4);
        found.put(at, new Span(at, end, BlockId.read(pack.slice(at + 8, BlockId.BYTES))));
        at = (end + ALIGNMENT - 1) & -ALIGNMENT;
      } else {
        at += ALIGNMENT;
      }
    }
    return found;
  }

  /** Flips a bit anywhere; returns the block that it belongs to, if to any. */
  Optional<BlockId> flip(Random random) throws IOException {
    int which = random.nextInt(files.size());
    Path file = files.get(which);
    byte[] bytes = Files.readAllBytes(file);
    int at = random.nextInt(bytes.length);
    bytes[at] ^= (byte) (1 << random.nextInt(8));
    Files.write(file, bytes);
    var record = records.get(which).floorEntry(at);
    return record != null && at < record.getValue().end()
        ? Optional.of(record.getValue().id())
        : Optional.empty();
  }

  /** Makes everything as it was. */
  void restore() throws IOException {
    copyTree(copy.resolve("packs"), packs);
    copyTree(copy.resolve("index"), index);
  }

  private static void copyTree(Path from, Path to) throws IOException {
    if (Files.exists(to)) {
      try (var old = Files.walk(to)) {
        for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
    try (var all = Files.walk(from)) {
      for (Path path : all.toList()) {
        Path target = to.resolve(from.relativize(path));
        Files.createDirectories(target.getParent());
        Files.copy(path, target);
      }
    }
  }
}
