package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * Directories {@code python3*} of this machine, as an example of what a virtual environment holds.
 *
 * @param parent where they are
 * @param filesMax how many files a copy has at most
 */
record PythonTree(Path parent, int filesMax) {
  private static final int MARK_EVERY_BYTES = 4096;

  /**
   * Copies directories, regular files and symbolic links. A number is written into every 4 KiB of
   * the copy, so that copies with different marks share no contents but are otherwise alike.
   *
   * @throws IOException if there is no Python, or it cannot be read
   */
  void copy(Path target, long mark) throws IOException {
    Files.createDirectory(target);
    try (var trees = Files.newDirectoryStream(parent, "python3*")) {
      var copier = new Copier(target, mark);
      for (Path tree : trees) {
        Files.walkFileTree(tree, copier);
      }
      if (copier.files == 0) {
        throw new IOException("there is no python3 in " + parent + "; apt-get install python3");
      }
    }
  }

  private final class Copier extends SimpleFileVisitor<Path> {
    private final Path target;
    private final long mark;
    private int files;

    Copier(Path target, long mark) {
      this.target = target;
      this.mark = mark;
    }

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
        throws IOException {
      Files.createDirectory(copyOf(directory));
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      if (attributes.isSymbolicLink()) {
        Files.createSymbolicLink(copyOf(file), Files.readSymbolicLink(file));
      } else if (attributes.isRegularFile()) {
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
        for (int at = 0; at + Long.BYTES <= bytes.capacity(); at += MARK_EVERY_BYTES) {
          bytes.putLong(at, mark);
        }
        Files.write(copyOf(file), bytes.array());
        files++;
      }
      return files < filesMax ? FileVisitResult.CONTINUE : FileVisitResult.TERMINATE;
    }

    private Path copyOf(Path path) {
      return target.resolve(parent.relativize(path).toString());
    }
  }
}
