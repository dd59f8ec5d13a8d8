package org.salvusfs.daemon.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.function.Executable;
import org.salvusfs.daemon.fs.Errno;

/** What all contract tests of a mount need: a directory on it, and words for system calls. */
abstract class MountTests {
  static final int TYPE = 0170000;

  /**
   * An empty directory on the filesystem under test; its parent is on it too or does not matter.
   */
  protected abstract Path directory();

  /** What the filesystem under test cannot express: such tests are skipped. */
  protected Set<MountCapability> missing() {
    return Set.of();
  }

  final void needs(MountCapability capability) {
    assumeFalse(missing().contains(capability), () -> "skipped: no " + capability);
  }

  final Path at(String name) {
    return directory().resolve(name);
  }

  static void assertErrno(Errno expected, Executable call) {
    Posix.Failed failed = assertThrows(Posix.Failed.class, call);
    assertEquals(expected.code(), failed.errno(), failed.getMessage());
  }

  final Path file(String name, String contents) throws IOException {
    return Files.writeString(at(name), contents);
  }

  final Path dir(String name) throws IOException {
    Posix.mkdir(at(name), 0755);
    return at(name);
  }

  static int mode(Path path) throws IOException {
    return Posix.stat(path).mode() & 07777;
  }

  static Set<String> names(Path directory) throws IOException {
    try (Stream<Path> list = Files.list(directory)) {
      var names = new HashSet<String>();
      list.forEach(path -> assertTrue(names.add(path.getFileName().toString()), path + " twice"));
      return names;
    }
  }
}
