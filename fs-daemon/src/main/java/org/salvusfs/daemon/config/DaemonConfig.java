package org.salvusfs.daemon.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.salvusfs.daemon.fuse.FuseChoice;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.quota.retention.Retention;

/**
 * What a daemon is told before it starts. Paths are absolute.
 *
 * @param passphraseFile holds the passphrase that the cluster key is wrapped under, if it is
 * @param durability home of the intent log of new projects
 * @param patience how long an operation waits for Cassandra before it fails
 * @param keeping what is kept of projects, and for how long
 * @param garbage how what nothing refers to any more is collected
 * @param scrub how packs are verified
 * @param control where the management API listens
 * @see "docs/operations/configuration.md"
 */
public record DaemonConfig(
    Path data,
    Path mount,
    Optional<Path> passphraseFile,
    Cassandra cassandra,
    Durability durability,
    Duration patience,
    Txg txg,
    Cache cache,
    Fuse fuse,
    Keeping keeping,
    Garbage garbage,
    Scrub scrub,
    Control control) {

  /**
   * Where the metadata is.
   *
   * @param local whether the daemon starts its own single-node server; the other fields are unused
   *     then
   * @param copies of everything in the data center, for a keyspace that is made
   */
  public record Cassandra(
      boolean local, List<String> contactPoints, String datacenter, String keyspace, int copies) {}

  /**
   * When a transaction group closes: on the first of these.
   *
   * @param dirtyBytesAll memory for uncommitted changes of all projects together
   * @param items changed items in the overlay
   */
  public record Txg(Duration interval, long dirtyBytes, long dirtyBytesAll, int items) {}

  /** Memory for what was read, in bytes. */
  public record Cache(long chunkBytes, long nodeBytes) {}

  /**
   * The mount.
   *
   * @param threads that read requests
   * @param writeback whether the kernel may keep written data back
   * @param keepAwake whether idle processors poll instead of halting while it is busy
   * @param choice of the binding
   */
  public record Fuse(int threads, boolean writeback, boolean keepAwake, FuseChoice choice) {
    /** The same with another choice. */
    public Fuse withChoice(FuseChoice other) {
      return new Fuse(threads, writeback, keepAwake, other);
    }
  }

  /**
   * Where the management API listens.
   *
   * @param port 0: any free one
   * @param tls empty: no encryption, and the address is one of this machine's own
   */
  public record Control(InetAddress address, int port, Optional<Tls> tls) {
    public Control {
      if (tls.isEmpty() && !address.isLoopbackAddress()) {
        throw new IllegalArgumentException("without TLS only loopback addresses are listened on");
      }
    }
  }

  /** A certificate, with those that lead to its authority, and its private key: PEM files. */
  public record Tls(Path certificate, Path key) {}

  /**
   * The collection of chunks that nothing refers to any more.
   *
   * @param period between runs that the daemon begins by itself; zero: it begins none
   * @param grace how long such a chunk stays readable at least
   * @param bytesPerSecond at which packs are rewritten
   */
  public record Garbage(Duration period, Duration grace, long bytesPerSecond) {}

  /**
   * The verification of packs.
   *
   * @param period between runs that the daemon begins by itself; zero: it begins none
   * @param bytesPerSecond at which packs are read
   */
  public record Scrub(Duration period, long bytesPerSecond) {}

  /**
   * What is kept of projects.
   *
   * @param snapshots policy of projects that have none of their own
   * @param automaticMost how many automatic snapshots of a project stay at most
   * @param spaceFactor how many times its quota a project's snapshots may hold; 0: any number
   * @param trashGrace how long a deleted project can be brought back
   */
  public record Keeping(
      Retention snapshots, int automaticMost, int spaceFactor, Duration trashGrace) {}

  /** The same with another mount point. */
  public DaemonConfig withMount(Path other) {
    return new DaemonConfig(
        data,
        other,
        passphraseFile,
        cassandra,
        durability,
        patience,
        txg,
        cache,
        fuse,
        keeping,
        garbage,
        scrub,
        control);
  }

  /** The same with a passphrase file. */
  public DaemonConfig withPassphraseFile(Path file) {
    return new DaemonConfig(
        data,
        mount,
        Optional.of(file),
        cassandra,
        durability,
        patience,
        txg,
        cache,
        fuse,
        keeping,
        garbage,
        scrub,
        control);
  }

  /** The same with another choice of the binding. */
  public DaemonConfig withFuse(FuseChoice choice) {
    return new DaemonConfig(
        data,
        mount,
        passphraseFile,
        cassandra,
        durability,
        patience,
        txg,
        cache,
        fuse.withChoice(choice),
        keeping,
        garbage,
        scrub,
        control);
  }
}
