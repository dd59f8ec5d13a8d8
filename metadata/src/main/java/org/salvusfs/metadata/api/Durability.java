package org.salvusfs.metadata.api;

/** Which home a project's intent log has, and so what a returned fsync survives. */
public enum Durability {
  /** A file beside the packs: survives any crash of the host, not its loss. */
  HOST,
  /** Fenced rows in Cassandra: survives the loss of any host. */
  QUORUM
}
