package org.salvusfs.blockstore.pack;

import java.io.IOException;
import org.salvusfs.blockstore.api.BlockStoreException;

/** Tells a full disk from a broken one. */
final class Failures {
  private Failures() {}

  /** Java gives errno only as text. */
  static boolean isFull(IOException e) {
    String message = String.valueOf(e.getMessage());
    return message.contains("No space left on device") || message.contains("Disk quota exceeded");
  }

  /** The exception for callers; one that is already made for them stays as it is. */
  static BlockStoreException of(String what, IOException e) {
    if (e instanceof BlockStoreException done) {
      return done;
    }
    return isFull(e)
        ? new BlockStoreException.Full(
            what + ": the disk is full; free some space, nothing stored is harmed", e)
        : new BlockStoreException.Failed(what + " failed: " + e.getMessage(), e);
  }
}
