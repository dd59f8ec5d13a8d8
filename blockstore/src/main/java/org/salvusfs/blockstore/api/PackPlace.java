package org.salvusfs.blockstore.api;

/**
 * How far a verification of all packs has come: everything in packs of smaller numbers, and in this
 * one before the offset, was read. It stays meaningful while packs come and go, and after the store
 * was closed and opened again.
 *
 * @param pack number of the pack; it need not exist
 * @param offset in its file, in bytes
 */
public record PackPlace(int pack, long offset) {
  /** Before everything. */
  public static final PackPlace START = new PackPlace(0, 0);

  /** The place before all of a pack. */
  public static PackPlace before(int pack) {
    return new PackPlace(pack, 0);
  }
}
