package org.salvusfs.blockstore.api;

import java.io.IOException;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.codec.SealingCodec;

/**
 * The key domains of a cluster: its own, and those of projects that have a key of their own, which
 * are fetched when a block asks for them and kept in memory until they are forgotten. What the
 * source does not have is asked for again each time. Thread-safe; blocks as long as its source.
 */
public final class KeyRing {
  /** Where the keys of projects are. */
  @FunctionalInterface
  public interface Source {
    /**
     * The project's key, or null if there is none (any more).
     *
     * @throws BlockStoreException.Corrupt if it cannot be unwrapped
     * @throws IOException if the place where it is does not answer
     */
    @Nullable ProjectKey find(UUID project) throws IOException;
  }

  /** A domain and its codecs by what they compress with; all of them name and open alike. */
  record Member(KeyDomain domain, Map<Compression, BlockCodec> codecs) {
    static Member of(KeyDomain domain) {
      var codecs = new EnumMap<Compression, BlockCodec>(Compression.class);
      for (Compression compression : Compression.values()) {
        codecs.put(compression, new SealingCodec(domain, compression));
      }
      return new Member(domain, codecs);
    }

    BlockCodec codec(Compression compression) {
      return Objects.requireNonNull(codecs.get(compression));
    }
  }

  private final Member cluster;
  private final Source source;
  private final ConcurrentMap<UUID, Member> projects = new ConcurrentHashMap<>();

  public KeyRing(KeyDomain cluster, Source source) {
    this.cluster = Member.of(cluster);
    this.source = source;
  }

  /** A ring of one domain, where no project has a key of its own. */
  public static KeyRing of(KeyDomain cluster) {
    return new KeyRing(cluster, project -> null);
  }

  /** Names and seals in the cluster's domain, and opens what any domain has sealed. */
  public BlockCodec codec() {
    return new DomainCodec(this, cluster.codec(Compression.LZ4));
  }

  /**
   * The same, naming and sealing under a project's own key.
   *
   * @throws BlockStoreException.Shredded if the key is destroyed
   * @throws BlockStoreException.Failed if that cannot be found out now
   */
  public BlockCodec codec(UUID project) throws BlockStoreException {
    return new DomainCodec(this, project(project).codec(Compression.LZ4));
  }

  Member cluster() {
    return cluster;
  }

  /**
   * The domain of a project that has one of its own.
   *
   * @throws BlockStoreException.Shredded if its key is destroyed
   * @throws BlockStoreException.Failed if that cannot be found out now
   */
  Member project(UUID project) throws BlockStoreException {
    Member known = projects.get(project);
    if (known != null) {
      return known;
    }
    ProjectKey key;
    try {
      key = source.find(project);
    } catch (BlockStoreException e) {
      throw e;
    } catch (IOException e) {
      throw new BlockStoreException.Failed(
          "the key of project %s cannot be read: %s".formatted(project, e.getMessage()), e);
    }
    if (key == null) {
      throw new BlockStoreException.Shredded(project);
    }
    return projects.computeIfAbsent(project, id -> Member.of(key.domain(id)));
  }

  /** The codec that opens a sealed block: that of the domain that the block names. */
  BlockCodec codecOf(byte[] sealed) throws BlockStoreException {
    UUID project = BlockCodec.projectOf(sealed);
    return (project == null ? cluster : project(project)).codec(Compression.LZ4);
  }

  /**
   * Fetches the key of a project into memory.
   *
   * @return whether it is there; false: it is destroyed
   * @throws BlockStoreException.Failed if that cannot be found out now
   */
  public boolean holds(UUID project) throws BlockStoreException {
    try {
      project(project);
      return true;
    } catch (BlockStoreException.Shredded e) {
      return false;
    }
  }

  /** Drops a project's keys from memory. */
  public void forget(UUID project) {
    projects.remove(project);
  }

  @Override
  public String toString() {
    return "KeyRing[secret]";
  }
}
