package org.salvusfs.quota.admission;

import org.salvusfs.quota.policy.Sizes;

/** What is limited. */
public enum Resource {
  /** Logical bytes outside holes. */
  BYTES,
  /** Files, directories and all else, the project's top directory included. */
  INODES;

  /** An amount of it, for people. */
  String text(long amount) {
    return switch (this) {
      case BYTES -> Sizes.text(amount);
      case INODES -> amount + (amount == 1 ? " inode" : " inodes");
    };
  }
}
