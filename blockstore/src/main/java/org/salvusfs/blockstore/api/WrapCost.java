package org.salvusfs.blockstore.api;

/**
 * What a guess at the passphrase costs (Argon2id, RFC 9106).
 *
 * @param memoryKib working memory in KiB
 * @param passes how often it is walked
 */
record WrapCost(int memoryKib, int passes) {
  /** RFC 9106's second recommendation: 64 MiB, three passes. */
  static final WrapCost DEFAULT = new WrapCost(64 * 1024, 3);

  /** A damaged or hostile file must not make us allocate without bound. */
  private static final int MEMORY_KIB_MAX = 1024 * 1024;

  private static final int PASSES_MAX = 64;

  boolean isSane() {
    return memoryKib >= 8 && memoryKib <= MEMORY_KIB_MAX && passes >= 1 && passes <= PASSES_MAX;
  }
}
