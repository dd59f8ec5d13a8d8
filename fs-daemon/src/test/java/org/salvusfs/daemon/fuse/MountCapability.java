package org.salvusfs.daemon.fuse;

/**
 * What not every binding can express. The binding's package-info and
 * docs/operations/configuration.md say what happens instead.
 */
public enum MountCapability {
  /** RENAME_NOREPLACE and RENAME_EXCHANGE. */
  RENAME_FLAGS,
  /** SEEK_DATA and SEEK_HOLE that know of holes. */
  SEEK_HOLES,
  /** The birth time that statx shows. */
  BIRTH_TIME
}
