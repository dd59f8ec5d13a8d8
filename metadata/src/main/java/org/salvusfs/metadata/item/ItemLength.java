package org.salvusfs.metadata.item;

import org.salvusfs.metadata.api.MetadataException;

/** The length check that every fixed layout begins with. */
final class ItemLength {
  private ItemLength() {}

  static void check(String kind, byte[] value, int bytes) throws MetadataException.Corrupt {
    if (value.length != bytes) {
      throw new MetadataException.Corrupt(
          "a tree item of kind " + kind + " has " + value.length + " bytes instead of " + bytes);
    }
  }
}
