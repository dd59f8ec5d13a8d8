package org.salvusfs.daemon.datadir;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.salvusfs.daemon.management.DaemonException;

/** A data directory that this process has to itself until {@link #close}. */
public final class DataDirectory implements AutoCloseable {
  /** What may be in a directory that becomes a data directory. */
  private static final Set<String> HARMLESS =
      Set.of("salvus.yaml", "cluster.key", "restoring", "lock", "format" + SmallFile.UNFINISHED);

  private final Layout layout;
  private final FileChannel lock;
  private final UUID host;
  private final boolean made;
  private Format format;

  private DataDirectory(Layout layout, FileChannel lock, UUID host, boolean made, Format format) {
    this.layout = layout;
    this.lock = lock;
    this.host = host;
    this.made = made;
    this.format = format;
  }

  /**
   * Opens a data directory, or makes one where there is nothing or an empty directory.
   *
   * @param newId makes the host's id the first time
   * @throws DaemonException.AlreadyRunning if another process has it open
   * @throws DaemonException.Obstructed if it is something else, of a newer format, or not ours to
   *     use; it is unchanged then
   */
  public static DataDirectory open(Path directory, Supplier<UUID> newId) throws DaemonException {
    var layout = Layout.of(directory);
    try {
      var found = inspect(layout);
      var ownerOnly = PosixFilePermissions.fromString("rwx------");
      Files.createDirectories(layout.directory(), PosixFilePermissions.asFileAttribute(ownerOnly));
      var lock = lock(layout);
      try {
        var format = found.isPresent() ? found.get() : new Format(Format.VERSION, Optional.empty());
        var host = hostId(layout, newId);
        if (found.isEmpty()) {
          SmallFile.write(layout.format(), format.text());
        }
        return new DataDirectory(layout, lock, host, found.isEmpty(), format);
      } catch (IOException | DaemonException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw unusable(layout, e);
    }
  }

  /**
   * Looks whether {@link #open} would succeed, as far as that can be known without changing
   * anything.
   */
  public static void requireUsable(Path directory) throws DaemonException {
    var layout = Layout.of(directory);
    try {
      inspect(layout);
      if (Files.exists(layout.lock())) {
        lock(layout).close();
      }
    } catch (IOException e) {
      throw unusable(layout, e);
    }
  }

  private static DaemonException unusable(Layout layout, IOException e) {
    return e instanceof AccessDeniedException denied
        ? new DaemonException.Obstructed(
            "no permission for " + denied.getFile() + " in the data directory; run as its owner", e)
        : new DaemonException.Obstructed(
            "the data directory " + layout.directory() + " cannot be opened (" + e + ")", e);
  }

  /** What is there, unchanged; empty if a new data directory may be made. */
  private static Optional<Format> inspect(Layout layout) throws IOException, DaemonException {
    var directory = layout.directory();
    if (!Files.exists(directory)) {
      return Optional.empty();
    }
    if (!Files.isDirectory(directory)) {
      throw new DaemonException.Obstructed(
          directory + " is not a directory; give another one with --data");
    }
    if (!Files.exists(layout.format())) {
      try (var entries = Files.list(directory)) {
        var other =
            entries
                .filter(entry -> !isHarmless(entry) && !isHostId(entry))
                .map(entry -> String.valueOf(entry.getFileName()))
                .findFirst();
        if (other.isPresent()) {
          throw new DaemonException.Obstructed(
              directory
                  + " is not a data directory and holds other things ("
                  + other.get()
                  + "); give another one with --data");
        }
      }
      return Optional.empty();
    }
    var format =
        Format.parse(Files.readString(layout.format()))
            .orElseThrow(
                () ->
                    new DaemonException.Obstructed(
                        layout.format() + " is damaged: it should say version and cluster"));
    if (format.version() > Format.VERSION) {
      throw new DaemonException.Obstructed(
          "the data directory %s has format %d, and this SalvusFS knows formats up to %d; use a newer SalvusFS"
              .formatted(directory, format.version(), Format.VERSION));
    }
    return Optional.of(format);
  }

  private static boolean isHarmless(Path entry) {
    return HARMLESS.contains(String.valueOf(entry.getFileName()));
  }

  /** Also one that was not finished. */
  private static boolean isHostId(Path entry) {
    return String.valueOf(entry.getFileName()).startsWith("host-id");
  }

  private static FileChannel lock(Layout layout) throws IOException, DaemonException {
    var channel = FileChannel.open(layout.lock(), CREATE, WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException sameProcess) {
      channel.close();
      throw running(layout);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    channel.close();
    throw running(layout);
  }

  private static DaemonException running(Layout layout) {
    return new DaemonException.AlreadyRunning(
        "a daemon already serves the data directory "
            + layout.directory()
            + "; ./salvus stop ends it");
  }

  private static UUID hostId(Layout layout, Supplier<UUID> newId)
      throws IOException, DaemonException {
    if (!Files.exists(layout.hostId())) {
      var id = newId.get();
      SmallFile.write(layout.hostId(), id + "\n");
      return id;
    }
    try {
      return UUID.fromString(Files.readString(layout.hostId()).strip());
    } catch (IllegalArgumentException e) {
      throw new DaemonException.Obstructed(
          layout.hostId() + " is damaged: it should hold an id", e);
    }
  }

  /** The lock stays: another process may be about to take it. */
  private void discard() throws IOException {
    var ours = Set.of(layout.hostId(), layout.format(), layout.logs());
    try (var entries = Files.list(layout.directory())) {
      if (!entries.allMatch(entry -> ours.contains(entry) || isHarmless(entry))) {
        return;
      }
    }
    if (Files.isDirectory(layout.logs())) {
      try (var logs = Files.newDirectoryStream(layout.logs())) {
        for (var log : logs) {
          Files.delete(log);
        }
      }
    }
    for (var path : ours) {
      Files.deleteIfExists(path);
    }
  }

  public Layout layout() {
    return layout;
  }

  /** The id of the host whose directory this is; made once, never changed. */
  public UUID host() {
    return host;
  }

  /** Whether {@link #join} has been called, now or in an earlier life. */
  public boolean belongsToCluster() {
    return format.cluster().isPresent();
  }

  /**
   * Remembers the cluster for good, durable on return.
   *
   * @throws DaemonException.Obstructed if the directory belongs to another cluster
   */
  public void join(UUID cluster) throws DaemonException {
    var known = format.cluster();
    if (known.isPresent() && !known.get().equals(cluster)) {
      throw new DaemonException.Obstructed(
          "the data directory %s belongs to cluster %s, but this Cassandra holds cluster %s; give the right --data or contact points"
              .formatted(layout.directory(), known.get(), cluster));
    }
    if (known.isEmpty()) {
      var joined = new Format(format.version(), Optional.of(cluster));
      try {
        SmallFile.write(layout.format(), joined.text());
      } catch (IOException e) {
        throw new DaemonException.Obstructed(layout.format() + " cannot be written (" + e + ")", e);
      }
      format = joined;
    }
  }

  /**
   * Gives the directory to the next process. One that was made by {@link #open} and never joined a
   * cluster loses again what was put into it, as long as that is nothing but a name and a log.
   */
  @Override
  public void close() throws DaemonException {
    try {
      if (made && !belongsToCluster()) {
        discard();
      }
      lock.close();
    } catch (IOException e) {
      throw new DaemonException.Failed(layout.lock() + " could not be closed (" + e + ")", e);
    }
  }
}
