package org.salvusfs.daemon.datadir;

import java.nio.file.Path;

/** Where things are in a data directory; none of them need exist. */
public record Layout(Path directory) {
  /** The absolute form of {@code directory}. */
  public static Layout of(Path directory) {
    return new Layout(directory.toAbsolutePath().normalize());
  }

  /** Configuration that {@code salvus dev} wrote. */
  public Path config() {
    return directory.resolve("salvus.yaml");
  }

  /** Version of the layout and the id of the cluster. */
  public Path format() {
    return directory.resolve("format");
  }

  /** Locked by the daemon that has the directory open. */
  public Path lock() {
    return directory.resolve("lock");
  }

  public Path hostId() {
    return directory.resolve("host-id");
  }

  public Path clusterKey() {
    return directory.resolve("cluster.key");
  }

  /** There from the beginning of a restore of the whole installation to its end. */
  public Path restoring() {
    return directory.resolve("restoring");
  }

  /** What is known here of buckets with backups, and packs on their way there. */
  public Path targets() {
    return directory.resolve("targets");
  }

  public Path packs() {
    return directory.resolve("packs");
  }

  /** Where each chunk is; can be rebuilt from the packs. */
  public Path index() {
    return directory.resolve("index");
  }

  /** Native code that the daemon has unpacked; each one replaces it. */
  public Path libraries() {
    return directory.resolve("libraries");
  }

  /** Intent logs of projects with durability {@code host}. */
  public Path log() {
    return directory.resolve("log");
  }

  /** Everything of the Cassandra that the daemon starts. */
  public Path cassandra() {
    return directory.resolve("cassandra");
  }

  /** When garbage was collected last, and what projects took then. */
  public Path garbage() {
    return directory.resolve("gc.json");
  }

  /** How far the verification of packs is, and what it found. */
  public Path scrub() {
    return directory.resolve("scrub.json");
  }

  /** How to reach the daemon that runs, or ran last. */
  public Path daemonFile() {
    return directory.resolve("daemon.json");
  }

  /** What one daemon tells the next that takes its mount over, while it does. */
  public Path handOver() {
    return directory.resolve("hand-over");
  }

  /** Where the daemon that takes over is talked to. */
  public Path handOverSocket() {
    return directory.resolve("hand-over.socket");
  }

  /** The daemon's own token for its API. */
  public Path controlToken() {
    return directory.resolve("control.token");
  }

  /** Hashes of the other tokens. */
  public Path tokens() {
    return directory.resolve("tokens.json");
  }

  /** Text for people. */
  public Path logs() {
    return directory.resolve("logs");
  }
}
