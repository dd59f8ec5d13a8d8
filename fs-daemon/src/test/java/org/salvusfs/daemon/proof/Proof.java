package org.salvusfs.daemon.proof;

import java.io.IOException;
import java.util.Random;

/** What the proofs have in common. */
final class Proof {
  /** At full length: {@code ./salvus prove N --full}. */
  static final boolean FULL = Boolean.getBoolean("salvus.full");

  private Proof() {}

  /** A source of chance whose seed is printed. */
  static Random random() {
    long seed = Long.getLong("salvus.proof.seed", System.nanoTime());
    System.out.println("seed " + seed + " (-Dsalvus.proof.seed)");
    return new Random(seed);
  }

  /** Whether the kernel said EIO. */
  static boolean isEio(IOException e) {
    return String.valueOf(e.getMessage()).contains("Input/output error");
  }

  /** Whether the kernel said ENOSPC. */
  static boolean isNoSpace(IOException e) {
    return String.valueOf(e.getMessage()).contains("No space left on device");
  }
}
