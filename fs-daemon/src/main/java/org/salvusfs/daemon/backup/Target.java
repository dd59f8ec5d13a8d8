package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.daemon.datadir.SmallFile;

/**
 * A directory that holds backups of one cluster: packs with all blocks, their index, one manifest
 * for each backup, a header, and the key file if the operator wants it there. Small files appear
 * whole or not at all, durably. Of one thread; a second process is refused by the index's lock.
 */
public final class Target implements AutoCloseable {
  /** The key file, as it is in a data directory. */
  static final String KEY = "cluster.key";

  private static final String HEADER = "salvus-backup";
  private static final String UNFINISHED = ".new";
  private static final Pattern MANIFEST = Pattern.compile("manifest-[0-9a-f]{8}\\.smf");
  private static final int RADIX = 16;
  private static final long PACK_BYTES_MAX = 256L << 20;

  /** What may lie in a directory that is taken for an empty one. */
  private static final Set<String> NOTHING = Set.of("lost+found", HEADER + UNFINISHED);

  private final Path directory;
  private final Disk disk;
  private final TargetHeader header;
  private final ChunkStore packs;
  private boolean isSealed;

  private Target(Path directory, Disk disk, TargetHeader header, ChunkStore packs) {
    this.directory = directory;
    this.disk = disk;
    this.header = header;
    this.packs = packs;
  }

  /** What the header of a target says; empty if the directory is empty, or not there. */
  static Optional<TargetHeader> look(Path directory) throws TargetException {
    try {
      if (!Files.exists(directory)) {
        return Optional.empty();
      }
      if (!Files.isDirectory(directory)) {
        throw new TargetException(directory + " is not a directory; give another target");
      }
      if (Files.exists(directory.resolve(HEADER))) {
        return Optional.of(header(directory));
      }
      try (Stream<Path> entries = Files.list(directory)) {
        Optional<String> other =
            entries
                .map(entry -> String.valueOf(entry.getFileName()))
                .filter(name -> !NOTHING.contains(name))
                .sorted()
                .findFirst();
        if (other.isPresent()) {
          throw new TargetException(
              "%s holds other things than backups (%s); give an empty directory"
                  .formatted(directory, other.get()));
        }
      }
      return Optional.empty();
    } catch (TargetException e) {
      throw e;
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private static TargetHeader header(Path directory) throws IOException {
    Path file = directory.resolve(HEADER);
    try {
      return TargetHeader.parse(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw e;
    } catch (IOException e) {
      throw new TargetException(
          "%s cannot be used (%s); back up to an empty directory, or mend the file"
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /**
   * Opens a target to be written, or makes one of an empty directory.
   *
   * @param wanted what its header shall say
   * @param keyText the key file, if that is to be there
   */
  static Target openOrMake(Path directory, TargetHeader wanted, Optional<String> keyText)
      throws TargetException {
    Optional<TargetHeader> present = look(directory);
    try {
      if (!Files.exists(directory)) {
        Files.createDirectory(directory); // its parent is there, or a disk is not mounted
      }
      Disk disk = LocalDisk.open(directory);
      if (present.isEmpty()) {
        write(disk, HEADER, new TargetHeader(wanted.keyCheck(), false).text().getBytes(UTF_8));
      }
      if (keyText.isPresent()) {
        SmallFile.write(directory.resolve(KEY), keyText.get());
      }
      write(disk, HEADER, wanted.text().getBytes(UTF_8));
      if (!wanted.hasKey()) {
        disk.delete(KEY);
        disk.syncDirectory();
      }
      return opened(directory, disk, wanted);
    } catch (NoSuchFileException e) {
      throw new TargetException(
          "%s cannot be made, because %s is not there; is the disk mounted?"
              .formatted(directory, directory.getParent()),
          e);
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  /**
   * Opens a target to be read.
   *
   * @throws TargetException also if it is none
   */
  static Target open(Path directory) throws TargetException {
    TargetHeader header =
        look(directory)
            .orElseThrow(() -> new TargetException("there is no backup in " + directory));
    try {
      return opened(directory, LocalDisk.open(directory), header);
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private static Target opened(Path directory, Disk disk, TargetHeader header) throws IOException {
    var packs = LocalDisk.open(directory.resolve("packs"));
    return new Target(
        directory,
        disk,
        header,
        BlockStore.openSealed(packs, directory.resolve("index"), PACK_BYTES_MAX));
  }

  Path directory() {
    return directory;
  }

  TargetHeader header() {
    return header;
  }

  Blocks blocks() {
    return new TargetBlocks(directory, packs);
  }

  /** Refuses a target whose blocks are sealed under another key. */
  static void requireKey(Path directory, TargetHeader header, byte[] keyCheck)
      throws TargetException {
    if (!MessageDigest.isEqual(header.keyCheck(), keyCheck)) {
      throw new TargetException(
          "%s holds backups of a cluster with another key; nothing was changed"
              .formatted(directory));
    }
  }

  /** A manifest and the name of its file. */
  record Named(String file, Manifest manifest) {}

  /**
   * The last complete backup, with all packs that it needs; empty before the first. Asked before a
   * target is opened, which would take a pack that was cut for one that was not finished.
   *
   * @throws TargetException also if a pack is gone or has another length
   */
  static Optional<Named> latest(Path directory, BlockCodec codec) throws TargetException {
    List<String> names = manifests(directory);
    if (names.isEmpty()) {
      return Optional.empty();
    }
    Path file = directory.resolve(names.getLast());
    Manifest manifest;
    try {
      manifest = Manifest.decode(Files.readAllBytes(file), codec);
    } catch (IOException e) {
      throw new TargetException(
          "%s is damaged (%s); if it is moved away, the backup before it counts"
              .formatted(file, e.getMessage()),
          e);
    }
    requirePacks(directory, manifest);
    return Optional.of(new Named(names.getLast(), manifest));
  }

  private static List<String> manifests(Path directory) throws TargetException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files
          .map(file -> String.valueOf(file.getFileName()))
          .filter(name -> MANIFEST.matcher(name).matches())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private static void requirePacks(Path directory, Manifest manifest) throws TargetException {
    for (var pack : manifest.packs().entrySet()) {
      Path file = directory.resolve("packs").resolve(pack.getKey());
      long bytes = file.toFile().length(); // 0 if it is not there
      if (bytes != pack.getValue()) {
        throw new TargetException(
            "%s is damaged: it has %d bytes, and had %d when the backup was made; put a good copy in its place, or back up to an empty directory"
                .formatted(file, bytes, pack.getValue()));
      }
    }
  }

  /** Seals the packs: no more blocks can be put or read. Returns their lengths by name. */
  Map<String, Long> seal() throws TargetException {
    close();
    Map<String, Long> lengths = new TreeMap<>();
    Path packsDirectory = directory.resolve("packs");
    try (Stream<Path> files = Files.list(packsDirectory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lengths.put(String.valueOf(file.getFileName()), Files.size(file));
      }
      return lengths;
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  /** Writes the next manifest, behind everything else; returns the name of its file. */
  String add(Manifest manifest, BlockCodec codec) throws TargetException {
    List<String> names = manifests(directory);
    int number = names.isEmpty() ? 1 : number(names.getLast()) + 1;
    String name = "manifest-%08x.smf".formatted(number);
    try {
      write(disk, name, manifest.encode(codec));
      return name;
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }

  private static int number(String manifest) {
    return Integer.parseUnsignedInt(
        manifest, manifest.indexOf('-') + 1, manifest.indexOf('.'), RADIX);
  }

  /** Makes or replaces a file: a crash leaves the old one or the new one. */
  private static void write(Disk disk, String name, byte[] contents) throws IOException {
    String unfinished = name + UNFINISHED;
    disk.delete(unfinished);
    try (DiskFile file = disk.create(unfinished)) {
      file.write(ByteBuffer.wrap(contents), 0);
      file.sync();
    }
    disk.rename(unfinished, name);
    disk.syncDirectory();
  }

  /** The sentence for a target that does not take or give what it is asked for. */
  static TargetException failed(Path directory, IOException e) {
    if (e instanceof TargetException done) {
      return done;
    }
    String reason = e.getMessage() == null ? e.toString() : e.getMessage();
    return new TargetException(
        "the target %s failed (%s); see to it and run this again: it goes on, and backups that are complete are unharmed"
            .formatted(directory, reason),
        e);
  }

  /** Syncs and seals what was put. Idempotent. */
  @Override
  public void close() throws TargetException {
    if (isSealed) {
      return;
    }
    isSealed = true;
    try {
      packs.close();
    } catch (IOException e) {
      throw failed(directory, e);
    }
  }
}
