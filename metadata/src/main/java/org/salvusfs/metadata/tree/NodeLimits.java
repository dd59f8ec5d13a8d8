package org.salvusfs.metadata.tree;

/**
 * How long an encoded node should be, before it is compressed.
 *
 * @param bytesMin below this a node is underfull
 * @param bytesMax above this a node is split, if it can be
 */
record NodeLimits(int bytesMin, int bytesMax) {
  /**
   * Small enough that a change of one item costs little, large enough that a store, to which each
   * node is a row, is asked for few of them: docs/decisions/036.
   */
  static final NodeLimits DEFAULT = new NodeLimits(2 << 10, 16 << 10);

  /** The longest key. A directory entry's has 9 + 255 bytes. */
  static final int KEY_BYTES_MAX = 512;

  /** The longest value. The kernel's limit for an extended attribute is 64 KiB. */
  static final int VALUE_BYTES_MAX = 128 << 10;

  /** More levels than any tree can have. */
  static final int LEVEL_MAX = 31;

  NodeLimits {
    if (bytesMin < 1 || bytesMax < 2 * bytesMin) {
      throw new IllegalArgumentException("node limits " + bytesMin + ", " + bytesMax);
    }
  }
}
