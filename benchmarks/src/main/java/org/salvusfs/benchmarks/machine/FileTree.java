package org.salvusfs.benchmarks.machine;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;

/** A file, or a directory with everything in it. */
public final class FileTree {
  private FileTree() {}

  /** Removes it. */
  public static void remove(Path top) throws IOException {
    try (var paths = Files.walk(top)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /** What its regular files hold, in bytes; links are not followed. */
  public static long bytes(Path top) throws IOException {
    long bytes = 0;
    try (var paths = Files.walk(top)) {
      for (Path path : paths.filter(p -> Files.isRegularFile(p, NOFOLLOW_LINKS)).toList()) {
        bytes += Files.size(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return bytes;
  }
}
