package org.salvusfs.benchmarks.blockstore;

import java.util.Random;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.KeyDomain;

/** What is chunked and sealed. */
public enum Contents {
  /** Like source code: LZ4 makes it two to three times shorter. */
  TEXT {
    @Override
    byte[] make(int bytes) {
      var random = new Random(1);
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
  },

  /** Like archives and images: nothing to gain. */
  NOISE {
    @Override
    byte[] make(int bytes) {
      byte[] noise = new byte[bytes];
      new Random(1).nextBytes(noise);
      return noise;
    }
  };

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

  abstract byte[] make(int bytes);

  /** The same keys in every run. */
  static KeyDomain keys() {
    return KeyDomain.ofCluster(ClusterKey.of(new byte[ClusterKey.BYTES]));
  }
}
