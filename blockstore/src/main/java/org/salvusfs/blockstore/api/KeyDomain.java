package org.salvusfs.blockstore.api;

import java.util.Optional;
import java.util.UUID;

/**
 * The keys of one dedup boundary: equal plaintexts get equal ids inside a domain and unrelated ones
 * across domains. The default domain is the whole cluster; a project may have one of its own.
 * Immutable; never printed.
 */
public final class KeyDomain {
  private static final String CLUSTER = "cluster";
  private static final String STREAMS = "streams";
  private static final int KEY_BYTES = 32;
  private static final int GEAR_BYTES = 256 * Long.BYTES;

  private final byte[] idKey;
  private final byte[] sealKey;
  private final byte[] gearSeed;

  private final Optional<UUID> project;

  private KeyDomain(byte[] secret, String domain, Optional<UUID> project) {
    this.project = project;
    idKey = KeyDerivation.derive(secret, "id key", domain, KEY_BYTES);
    sealKey = KeyDerivation.derive(secret, "seal key", domain, KEY_BYTES);
    gearSeed = KeyDerivation.derive(secret, "gear table", domain, GEAR_BYTES);
  }

  /** The domain that all projects of a cluster share. */
  public static KeyDomain ofCluster(ClusterKey key) {
    return new KeyDomain(key.toBytes(), CLUSTER, Optional.empty());
  }

  /** The domain of one project, whose key has nothing to do with the cluster's. */
  static KeyDomain ofProject(UUID project, byte[] secret) {
    return new KeyDomain(secret, "project " + project, Optional.of(project));
  }

  /** The project whose own domain this is; empty: it is the cluster's. */
  public Optional<UUID> project() {
    return project;
  }

  /**
   * The domain of streams: no block of the cluster is one of a stream, and no part of a stream can
   * pass for a block.
   */
  public static KeyDomain ofStreams(ClusterKey key) {
    return new KeyDomain(key.toBytes(), STREAMS, Optional.empty());
  }

  /** Key of the HMAC that names blocks; 32 bytes, a copy. */
  public byte[] idKey() {
    return idKey.clone();
  }

  /** Key from which each block's encryption key is derived; 32 bytes, a copy. */
  public byte[] sealKey() {
    return sealKey.clone();
  }

  /**
   * 2048 bytes, a copy: the chunker's 256 gear values, big-endian. They are secret because the
   * lengths of a file's chunks under a known table tell which file it is.
   */
  public byte[] gearSeed() {
    return gearSeed.clone();
  }

  @Override
  public String toString() {
    return "KeyDomain[secret]";
  }
}
