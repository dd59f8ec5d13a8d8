package org.salvusfs.daemon.datadir;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Replaces small text files so that a crash leaves the old text or the new one. */
public final class SmallFile {
  /** Suffix of a file that is not complete yet; it is ignored and may be deleted. */
  static final String UNFINISHED = ".new";

  private SmallFile() {}

  /** Writes {@code text}, durable on return, readable by the owner only. */
  public static void write(Path file, String text) throws IOException {
    var unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    Files.deleteIfExists(unfinished);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    try (var channel = FileChannel.open(unfinished, Set.of(CREATE_NEW, WRITE), ownerOnly)) {
      var bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
    Files.move(unfinished, file, ATOMIC_MOVE);
    syncDirectory(file);
  }

  private static void syncDirectory(Path file) throws IOException {
    try (var directory = FileChannel.open(file.toAbsolutePath().resolveSibling("."), READ)) {
      directory.force(true);
    }
  }
}
