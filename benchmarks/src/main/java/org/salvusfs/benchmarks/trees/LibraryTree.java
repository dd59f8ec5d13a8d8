package org.salvusfs.benchmarks.trees;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Directories of this machine's libraries, as an example of installed programs.
 *
 * @param parent where they are
 * @param pattern which of them, as a shell would write it
 * @param filesMax how many files a copy has at most
 * @param bytesMax a copy ends with the first file beyond this
 */
public record LibraryTree(Path parent, String pattern, int filesMax, long bytesMax) {
  /** Where Debian has its libraries. */
  public static final Path SYSTEM = Path.of("/usr/lib");

  private static final int MARK_EVERY_BYTES = 4096;

  /**
   * Copies directories, regular files and symbolic links. A number is written into every 4 KiB of
   * the copy, so that copies with different marks share no contents but are otherwise alike.
   *
   * @throws IOException if there is nothing of that name, or it cannot be read
   */
  public void copy(Path target, long mark) throws IOException {
    Files.createDirectory(target);
    try (var trees = Files.newDirectoryStream(parent, pattern)) {
      var copier = new Copier(target, mark);
      for (Path tree : trees) {
        Files.walkFileTree(tree, copier);
      }
      if (copier.files == 0) {
        throw new IOException("there is no file in " + parent + "/" + pattern);
      }
    }
  }

  private final class Copier extends SimpleFileVisitor<Path> {
    private final Path target;
    private final long mark;
    private int files;
    private long bytes;

    Copier(Path target, long mark) {
      this.target = target;
      this.mark = mark;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      if (isFull()) {
        return FileVisitResult.TERMINATE;
      }
      Files.createDirectory(copyOf(directory));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (isFull()) {
        return FileVisitResult.TERMINATE;
      }
      if (attributes.isSymbolicLink()) {
        Files.createSymbolicLink(copyOf(file), Files.readSymbolicLink(file));
      } else if (attributes.isRegularFile()) {
        ByteBuffer contents = ByteBuffer.wrap(Files.readAllBytes(file));
        for (int at = 0; at + Long.BYTES <= contents.capacity(); at += MARK_EVERY_BYTES) {
          contents.putLong(at, mark);
        }
        Files.write(copyOf(file), contents.array());
        files++;
        bytes += contents.capacity();
      }
      return FileVisitResult.CONTINUE;
    }

    private boolean isFull() {
      return files >= filesMax || bytes > bytesMax;
    }

    private Path copyOf(Path path) {
      return target.resolve(parent.relativize(path).toString());
    }
  }
}
