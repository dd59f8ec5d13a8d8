package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.KeyFile;
import org.salvusfs.daemon.datadir.DataDirectory;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.ClusterRow;
import org.salvusfs.metadata.api.ClusterStore;
import org.salvusfs.metadata.cassandra.CassandraMetadata;

/**
 * Makes sure that data directory, cluster key and Cassandra belong together, before anything is
 * written to any of them.
 */
final class ClusterKeys {
  private final KeyFile file;
  private final Path path;
  private final char @Nullable [] passphrase;
  private final Optional<ClusterKey> present;

  private ClusterKeys(KeyFile file, Path path, char @Nullable [] passphrase) throws IOException {
    this.file = file;
    this.path = path;
    this.passphrase = passphrase;
    this.present = file.exists() ? Optional.of(file.load(passphrase)) : Optional.empty();
  }

  /**
   * Reads the key file, if there is one.
   *
   * @throws DaemonException.Obstructed if it cannot be used, or the passphrase is wrong
   */
  static ClusterKeys read(Path path, Optional<Path> passphraseFile) throws DaemonException {
    var file = new KeyFile(path);
    try {
      var passphrase = passphraseFile.isPresent() ? firstLine(passphraseFile.get()) : null;
      if (passphrase != null && file.exists() && !file.isWrapped()) {
        throw new DaemonException.Obstructed(
            path + " is not protected by a passphrase; start without a passphrase file");
      }
      return new ClusterKeys(file, path, passphrase);
    } catch (IOException e) {
      throw Explain.start(e);
    }
  }

  private static char[] firstLine(Path file) throws IOException, DaemonException {
    try (var lines = Files.lines(file)) {
      var line = lines.findFirst().orElse("");
      if (line.isEmpty()) {
        throw new DaemonException.Obstructed("the passphrase file " + file + " is empty");
      }
      return line.toCharArray();
    }
  }

  /** The cluster that a data directory has joined, and its key. */
  record Joined(ClusterRow cluster, ClusterKey key) {}

  /**
   * Joins the cluster that {@code store} holds; founds it if the store is new.
   *
   * @throws DaemonException.Obstructed if directory, key and store are not of one cluster
   */
  Joined join(DataDirectory data, ClusterStore store, Surroundings surroundings)
      throws IOException, DaemonException {
    var row = store.read();
    if (row.isPresent()) {
      var key = present.orElseThrow(() -> noKey(row.get()));
      return joined(data, row.get(), key);
    }
    if (data.belongsToCluster()) {
      throw new DaemonException.Obstructed(
          "the data directory "
              + data.layout().directory()
              + " belongs to a cluster, but this Cassandra is empty; is it the right one?");
    }
    var key = present.isPresent() ? present.get() : file.create(surroundings.random(), passphrase);
    var founded =
        store.createIfAbsent(
            new ClusterRow(
                surroundings.newId(), CassandraMetadata.SCHEMA_VERSION, key.checkValue()));
    return joined(data, founded, key);
  }

  private Joined joined(DataDirectory data, ClusterRow row, ClusterKey key) throws DaemonException {
    if (!MessageDigest.isEqual(row.keyCheck(), key.checkValue())) {
      throw new DaemonException.Obstructed(
          path + " is not the key of cluster " + row.cluster() + "; put that one in its place");
    }
    data.join(row.cluster());
    return new Joined(row, key);
  }

  private DaemonException noKey(ClusterRow row) {
    return new DaemonException.Obstructed(
        "cluster "
            + row.cluster()
            + " exists, but there is no key of it; copy cluster.key from another of its hosts to "
            + path);
  }
}
