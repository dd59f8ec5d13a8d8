package org.salvusfs.benchmarks.machine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An empty ext4 in a file, mounted. On a filesystem where much was removed in the last minutes ext4
 * creates files several times slower: it passes over inodes that were freed a short while ago.
 * Whoever writes many files first would be measured at what was removed before him.
 */
public final class FreshDisk implements AutoCloseable {
  private static final long BYTES = 16L << 30;

  private final Path mount;
  private final Path image;

  private FreshDisk(Path mount, Path image) {
    this.mount = mount;
    this.image = image;
  }

  /**
   * Makes one. Needs root, and a loop device.
   *
   * @param mount where it will be; is not there, nor is a file of that name with {@code .ext4}
   */
  public static FreshDisk mount(Path mount) throws IOException, InterruptedException {
    var disk = new FreshDisk(mount, mount.resolveSibling(mount.getFileName() + ".ext4"));
    Files.createDirectory(mount);
    try {
      try (var file = new RandomAccessFile(disk.image.toFile(), "rw")) {
        file.setLength(BYTES);
      }
      Shell.run(mount, "mkfs.ext4", "-q", "-F", disk.image.toString());
      Shell.run(Path.of("/"), "mount", "-o", "loop", disk.image.toString(), mount.toString());
    } catch (IOException | InterruptedException e) {
      disk.remove();
      throw e;
    }
    return disk;
  }

  public Path directory() {
    return mount;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    Shell.run(Path.of("/"), "umount", mount.toString());
    remove();
  }

  private void remove() throws IOException {
    Files.delete(mount);
    Files.deleteIfExists(image);
  }
}
