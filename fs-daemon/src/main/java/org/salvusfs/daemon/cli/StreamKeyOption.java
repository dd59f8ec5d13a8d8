package org.salvusfs.daemon.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.KeyFile;
import org.salvusfs.blockstore.api.KeyFileException;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Option;

/** The option that names the key of a stream. */
final class StreamKeyOption {
  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      description =
          "key file of the stream, for another cluster; export makes it if it is not there"
              + " (default: the cluster's own key)")
  private @Nullable Path file;

  boolean isGiven() {
    return file != null;
  }

  /** The key that lies there, or a new one, which then lies there. */
  Optional<ClusterKey> loadOrMake(Session session) throws DaemonException {
    Path at = file;
    if (at == null || new KeyFile(at).exists()) {
      return load();
    }
    try {
      var made = new KeyFile(at).create(session.random(), null);
      session
          .err()
          .println(
              "made %s; nobody can receive the stream without it, and whoever has it can"
                  .formatted(at));
      return Optional.of(made);
    } catch (IOException e) {
      throw obstructed(at, e);
    }
  }

  /** The key that lies there. */
  Optional<ClusterKey> load() throws DaemonException {
    Path at = file;
    if (at == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new KeyFile(at).load(null));
    } catch (IOException e) {
      throw obstructed(at, e);
    }
  }

  private static DaemonException.Obstructed obstructed(Path file, IOException e) {
    return new DaemonException.Obstructed(
        e instanceof KeyFileException known
            ? String.valueOf(known.getMessage())
            : "the key file %s cannot be used: %s".formatted(file, e.getMessage()),
        e);
  }
}
