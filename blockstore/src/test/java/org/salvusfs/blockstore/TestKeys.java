package org.salvusfs.blockstore;

import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.KeyDomain;

/** Keys that are the same in every run. */
public final class TestKeys {
  private TestKeys() {}

  /** Derived from the secret 00 01 02 … 1f. */
  public static KeyDomain domain() {
    return domain(0);
  }

  /** Derived from the secret n, n + 1, … */
  public static KeyDomain domain(int n) {
    return KeyDomain.ofCluster(cluster(n));
  }

  /** The secret n, n + 1, … */
  public static ClusterKey cluster(int n) {
    byte[] secret = new byte[ClusterKey.BYTES];
    for (int i = 0; i < secret.length; i++) {
      secret[i] = (byte) (n + i);
    }
    return ClusterKey.of(secret);
  }
}
