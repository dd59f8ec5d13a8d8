package org.salvusfs.blockstore;

import java.util.Random;

/** Contents for blocks. */
public final class TestBytes {
  private static final String[] WORDS = {
    "return ",
    "the ",
    "self.",
    "import numpy as np\n",
    "    ",
    "for i in range(10):\n",
    "matrix",
    "def ",
    "theorem",
    "\\begin{equation}",
    " = ",
    "0.5, ",
    "project",
    "kernel",
    "(x, y)",
    "\n"
  };

  private TestBytes() {}

  /** Bytes without any pattern. */
  public static byte[] noise(Random random, int bytes) {
    byte[] noise = new byte[bytes];
    random.nextBytes(noise);
    return noise;
  }

  /** Something like source code, compressible about three times. */
  public static byte[] text(Random random, int bytes) {
    byte[] text = new byte[bytes];
    for (int at = 0; at < bytes; ) {
      String word =
          random.nextInt(3) == 0
              ? Integer.toString(random.nextInt(100_000), 36)
              : WORDS[random.nextInt(WORDS.length)];
      for (int i = 0; i < word.length() && at < bytes; i++) {
        text[at++] = (byte) word.charAt(i);
      }
    }
    return text;
  }
}
