package org.salvusfs.blockstore.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.KeyFileException.Reason;

/**
 * A cluster key in a file that only its owner may read: in the clear, or wrapped under a
 * passphrase.
 *
 * @see "docs/formats/key-v1.md"
 */
public final class KeyFile {
  private static final int FILE_BYTES_MAX = 4096;
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rw-------");

  private final Path path;
  private final WrapCost cost;

  /** The key file at a path, which need not exist yet. */
  public KeyFile(Path path) {
    this(path, WrapCost.DEFAULT);
  }

  KeyFile(Path path, WrapCost cost) {
    this.path = path;
    this.cost = cost;
  }

  /** Whether there is one. */
  public boolean exists() {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Whether {@link #load} needs a passphrase.
   *
   * @throws KeyFileException for every reason but the passphrase's
   */
  public boolean isWrapped() throws IOException {
    return KeyFileText.parse(path.toString(), readText()).isWrapped();
  }

  /**
   * Makes a new key and stores it durably with mode 0600.
   *
   * @param passphrase null to store the key in the clear; not modified
   * @throws KeyFileException EXISTS, and the file is unharmed
   */
  public ClusterKey create(SecureRandom random, char @Nullable [] passphrase) throws IOException {
    ClusterKey key = ClusterKey.generate(random);
    String text =
        passphrase == null
            ? KeyFileText.plain(key)
            : KeyFileText.wrapped(key, passphrase, cost, random);
    write(text);
    return key;
  }

  /**
   * Reads the key.
   *
   * @param passphrase ignored if the key is not wrapped; not modified
   * @throws KeyFileException for every reason but EXISTS
   */
  public ClusterKey load(char @Nullable [] passphrase) throws IOException {
    return KeyFileText.parse(path.toString(), readText()).unwrap(passphrase);
  }

  private String readText() throws IOException {
    Set<PosixFilePermission> permissions;
    try {
      permissions = EnumSet.copyOf(OWNER_ONLY);
      permissions.addAll(Files.getPosixFilePermissions(path));
    } catch (NoSuchFileException e) {
      throw new KeyFileException(Reason.MISSING, "there is no key file " + path);
    }
    permissions.remove(PosixFilePermission.OWNER_EXECUTE);
    if (!permissions.equals(OWNER_ONLY)) {
      throw new KeyFileException(
          Reason.EXPOSED, path + " must not be accessible to others: chmod 600 " + path);
    }
    if (Files.size(path) > FILE_BYTES_MAX) {
      throw new KeyFileException(Reason.DAMAGED, path + " is not a SalvusFS key file");
    }
    return new String(Files.readAllBytes(path), US_ASCII);
  }

  private void write(String text) throws IOException {
    Path absolute = path.toAbsolutePath();
    Path temporary = absolute.resolveSibling(absolute.getFileName() + ".new");
    Files.deleteIfExists(temporary);
    try {
      try (var channel =
          FileChannel.open(
              temporary,
              EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(OWNER_ONLY))) {
        ByteBuffer bytes = US_ASCII.encode(text);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      // A link, unlike a rename, never replaces a key that is already there.
      Files.createLink(absolute, temporary);
    } catch (FileAlreadyExistsException e) {
      throw new KeyFileException(
          Reason.EXISTS, path + " exists already; losing a key loses all data, so it stays");
    } finally {
      Files.deleteIfExists(temporary);
    }
    try (var directory = FileChannel.open(absolute.getParent(), StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
