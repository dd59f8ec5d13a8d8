package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.daemon.datadir.SmallFile;

/**
 * A directory of this machine, with packs and their index in directories of their own. A second
 * process is refused by the index's lock.
 */
final class DirectoryDepot implements Depot {
  static final String UNFINISHED = ".new";
  private static final long PACK_BYTES_MAX = 256L << 20;

  private final Path directory;

  /**
   * @param directory absolute; it need not be there, but its parent
   */
  DirectoryDepot(Path directory) {
    this.directory = directory;
  }

  @Override
  public String name() {
    return directory.toString();
  }

  @Override
  public String where(String object) {
    return directory.resolve(object).toString();
  }

  @Override
  public List<String> list() throws IOException {
    if (!Files.exists(directory)) {
      return List.of();
    }
    if (!Files.isDirectory(directory)) {
      throw new TargetException(directory + " is not a directory; give another target");
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    }
  }

  @Override
  public byte[] get(String object) throws IOException {
    return Files.readAllBytes(directory.resolve(object));
  }

  @Override
  public void put(String object, byte[] contents) throws IOException {
    Disk disk = LocalDisk.open(directory);
    String unfinished = object + UNFINISHED;
    disk.delete(unfinished);
    try (DiskFile file = disk.create(unfinished)) {
      file.write(ByteBuffer.wrap(contents), 0);
      file.sync();
    }
    disk.rename(unfinished, object);
    disk.syncDirectory();
  }

  @Override
  public void putSecret(String object, String text) throws IOException {
    SmallFile.write(directory.resolve(object), text);
  }

  @Override
  public void delete(String object) throws IOException {
    Disk disk = LocalDisk.open(directory);
    disk.delete(object);
    disk.syncDirectory();
  }

  @Override
  public Map<String, Long> packs() throws IOException {
    Path packs = directory.resolve(Target.PACKS);
    if (!Files.exists(packs)) {
      return Map.of();
    }
    Map<String, Long> lengths = new TreeMap<>();
    try (Stream<Path> files = Files.list(packs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        lengths.put(String.valueOf(file.getFileName()), Files.size(file));
      }
    }
    return lengths;
  }

  /** Makes the directory. Nobody is kept away yet: the open index does that. */
  @Override
  public Claim claim() throws IOException {
    try {
      if (!Files.exists(directory)) {
        Files.createDirectory(directory); // its parent is there, or a disk is not mounted
      }
    } catch (NoSuchFileException e) {
      throw new TargetException(
          "%s cannot be made, because %s is not there; is the disk mounted?"
              .formatted(directory, directory.getParent()),
          e);
    }
    return () -> {};
  }

  @Override
  public ChunkStore openPacks() throws IOException {
    var packs = LocalDisk.open(directory.resolve(Target.PACKS));
    return BlockStore.openSealed(packs, directory.resolve("index"), PACK_BYTES_MAX);
  }

  @Override
  public void close() {}
}
