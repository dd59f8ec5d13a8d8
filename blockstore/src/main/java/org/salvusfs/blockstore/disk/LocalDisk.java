package org.salvusfs.blockstore.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A directory of the local file system.
 *
 * <p>Sub-directories are ignored. The directory belongs to one process at a time; its lock is the
 * business of whoever wires the process.
 */
public final class LocalDisk implements Disk {
  private final Path directory;

  private LocalDisk(Path directory) {
    this.directory = directory;
  }

  /**
   * Opens a directory, creating it durably with its missing parents.
   *
   * @throws IOException if it is no directory or cannot be created
   */
  public static LocalDisk open(Path directory) throws IOException {
    createDurably(directory.toAbsolutePath().normalize());
    return new LocalDisk(directory);
  }

  @Override
  public List<String> list() throws IOException {
    try (var entries = Files.list(directory)) {
      return entries
          .filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .map(path -> path.getFileName().toString())
          .sorted()
          .toList();
    }
  }

  @Override
  public DiskFile open(String name) throws IOException {
    Path path = resolve(name);
    return new LocalFile(
        path, FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE));
  }

  @Override
  public DiskFile create(String name) throws IOException {
    Path path = resolve(name);
    return new LocalFile(
        path,
        FileChannel.open(
            path,
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE_NEW));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(resolve(from), resolve(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(String name) throws IOException {
    Files.deleteIfExists(resolve(name));
  }

  @Override
  public void syncDirectory() throws IOException {
    sync(directory);
  }

  @Override
  public String toString() {
    return directory.toString();
  }

  private Path resolve(String name) throws IOException {
    if (name.isEmpty() || name.equals(".") || name.equals("..") || name.indexOf('/') >= 0) {
      throw new NoSuchFileException(name, null, "not the name of a file in " + directory);
    }
    return directory.resolve(name);
  }

  private static void createDurably(Path directory) throws IOException {
    if (Files.isDirectory(directory)) {
      return;
    }
    Path parent = directory.getParent();
    if (parent != null) {
      createDurably(parent);
    }
    Files.createDirectory(directory);
    if (parent != null) {
      sync(parent);
    }
  }

  /** fsync(2) of a directory: Linux allows it on a channel that is open for reading. */
  private static void sync(Path directory) throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
