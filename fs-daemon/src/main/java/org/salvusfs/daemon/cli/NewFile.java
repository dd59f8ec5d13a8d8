package org.salvusfs.daemon.cli;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.salvusfs.daemon.management.DaemonException;

/**
 * A file that has its name when it is whole, and not before: until then it lies beside, hidden and
 * readable by its owner only, and closing it takes it away. So does the end of the process, but for
 * one that is killed.
 */
final class NewFile implements AutoCloseable {
  private final Path file;
  private final boolean replaces;
  private final Path unfinished;
  private final FileChannel channel;

  /**
   * Begins.
   *
   * @param replaces whether a regular file may be there, which then is replaced
   * @throws DaemonException.Obstructed if something is there, or it cannot be made
   */
  NewFile(Path file, boolean replaces) throws DaemonException {
    this.file = file.toAbsolutePath().normalize();
    this.replaces = replaces;
    requireFree();
    try {
      unfinished =
          Files.createTempFile(this.file.getParent(), "." + this.file.getFileName() + ".", ".part");
      unfinished.toFile().deleteOnExit();
      channel = FileChannel.open(unfinished, WRITE);
    } catch (NoSuchFileException e) {
      throw new DaemonException.Obstructed(
          "%s cannot be written, because %s is not there"
              .formatted(this.file, this.file.getParent()),
          e);
    } catch (IOException e) {
      throw obstructed(e);
    }
  }

  private void requireFree() throws DaemonException.Obstructed {
    if (file.getFileName() == null || Files.isDirectory(file)) {
      throw new DaemonException.Obstructed(file + " is a directory; name a file");
    }
    if (!Files.exists(file, NOFOLLOW_LINKS)) {
      return;
    }
    if (!Files.isRegularFile(file, NOFOLLOW_LINKS)) {
      throw new DaemonException.Obstructed(
          file + " is no regular file, and is not replaced; to write to it, redirect -");
    }
    if (!replaces) {
      throw new DaemonException.Obstructed(file + " is there already; --force replaces it");
    }
  }

  private DaemonException.Obstructed obstructed(IOException e) {
    var reason =
        e instanceof FileSystemException known && known.getReason() == null
            ? e.getClass().getSimpleName()
            : e.getMessage();
    return new DaemonException.Obstructed("%s cannot be written: %s".formatted(file, reason), e);
  }

  /** Takes what shall be in it. */
  OutputStream out() {
    return Channels.newOutputStream(channel);
  }

  /**
   * It is whole: durable under its name on return.
   *
   * @throws DaemonException.Obstructed if it cannot be, or something came there meanwhile
   */
  void keep() throws DaemonException {
    requireFree();
    try {
      channel.force(true);
      Files.move(unfinished, file, ATOMIC_MOVE);
      try (var directory = FileChannel.open(file.resolveSibling("."), READ)) {
        directory.force(true);
      }
    } catch (IOException e) {
      throw obstructed(e);
    }
  }

  @Override
  public void close() throws DaemonException {
    try {
      channel.close();
      Files.deleteIfExists(unfinished);
    } catch (IOException e) {
      throw obstructed(e);
    }
  }
}
