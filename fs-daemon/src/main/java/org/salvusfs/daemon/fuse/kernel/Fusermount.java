package org.salvusfs.daemon.fuse.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.daemon.fs.Errno;

/**
 * Mounting without being root, through fuse3's setuid helper: it opens the device, mounts it, and
 * sends the descriptor over a socket whose number is in an environment variable.
 *
 * @see "fusermount3(1), libfuse's fuse_common.h: FUSE_COMMFD_ENV"
 */
final class Fusermount {
  private static final String NAME = "fusermount3";
  private static final List<Path> DIRECTORIES =
      List.of(Path.of("/usr/bin"), Path.of("/bin"), Path.of("/usr/local/bin"));
  private static final Path CONFIGURATION = Path.of("/etc/fuse.conf");
  private static final String ALLOW_OTHER = "user_allow_other";
  private static final String SOCKET_VARIABLE = "_FUSE_COMMFD";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private Fusermount() {}

  /** Whether this process cannot mount by itself. */
  static boolean isNeeded() {
    return Libc.effectiveUid() != 0;
  }

  /**
   * The helper's path.
   *
   * @throws MountException if it is not installed
   */
  static Path find() throws MountException {
    for (Path directory : DIRECTORIES) {
      Path program = directory.resolve(NAME);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    throw new MountException(
        "Mounting without being root needs fusermount3: install it with 'apt-get install fuse3'.");
  }

  /** Mounts on a directory of this user's. */
  static Device mount(Path mountPoint, Options options) throws MountException {
    Path program = find();
    String mountOptions =
        "rw,nosuid,nodev,default_permissions,max_read=%d,fsname=salvusfs,subtype=salvusfs%s"
            .formatted(
                Abi.IO_BYTES_MAX, options.allowOther() && allowsOthers() ? ",allow_other" : "");
    try {
      Path errors = Files.createTempFile("salvus-fusermount", ".err");
      try {
        return mount(program, List.of("-o", mountOptions, "--", mountPoint.toString()), errors);
      } finally {
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new MountException(NAME + " cannot be used: " + e.getMessage() + ".", e);
    }
  }

  private static Device mount(Path program, List<String> arguments, Path errors)
      throws IOException, MountException {
    UnixSocket.Pair pair = UnixSocket.pair();
    try (UnixSocket ours = pair.one()) {
      var child = new Spawn(program, arguments, SOCKET_VARIABLE, pair.other().descriptor(), errors);
      pair.other().close();
      int status = child.awaitEnd();
      if (status != 0) {
        String said = Files.readString(errors, StandardCharsets.ISO_8859_1).strip();
        throw new MountException("Mounting was refused: " + firstLine(said) + ".");
      }
      int fd = ours.receive(PATIENCE).descriptor();
      if (fd == UnixSocket.NONE) {
        throw new IOException("it has sent no device");
      }
      return Device.ofDescriptor(fd);
    } finally {
      pair.other().close();
    }
  }

  private static String firstLine(String text) {
    return text.lines().findFirst().orElse(NAME + " says nothing");
  }

  /** Whether the administrator lets users open their mounts to others. */
  private static boolean allowsOthers() {
    try (var lines = Files.lines(CONFIGURATION, StandardCharsets.ISO_8859_1)) {
      return lines.anyMatch(line -> line.strip().equals(ALLOW_OTHER));
    } catch (IOException none) {
      return false;
    }
  }

  /**
   * Unmounts.
   *
   * @param lazily takes the mount out of the tree, and it ends when its last user lets go
   * @return 0, or -EBUSY if it is in use or cannot be unmounted
   */
  static int unmount(Path mountPoint, boolean lazily) {
    try {
      var command = new ArrayList<String>(List.of(find().toString(), "-u", "-q"));
      if (lazily) {
        command.add("-z");
      }
      command.addAll(List.of("--", mountPoint.toString()));
      var process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor() == 0 ? 0 : -Errno.EBUSY.code();
    } catch (IOException | MountException unusable) {
      return -Errno.EBUSY.code();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -Errno.EBUSY.code();
    }
  }
}
