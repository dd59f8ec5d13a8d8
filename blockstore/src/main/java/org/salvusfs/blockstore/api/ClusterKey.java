package org.salvusfs.blockstore.api;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The 32 secret bytes from which every key of a cluster is derived. Whoever loses them loses all
 * data; whoever learns them can read it. Never printed. Immutable.
 */
public final class ClusterKey {
  /** Length of the secret. */
  public static final int BYTES = 32;

  private final byte[] secret;

  private ClusterKey(byte[] secret) {
    this.secret = secret;
  }

  /** A new key. */
  public static ClusterKey generate(SecureRandom random) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    return new ClusterKey(secret);
  }

  /**
   * The key made of exactly 32 bytes, which are copied.
   *
   * @throws IllegalArgumentException if the array has another length
   */
  public static ClusterKey of(byte[] secret) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("a cluster key has 32 bytes, not " + secret.length);
    }
    return new ClusterKey(secret.clone());
  }

  /** A copy of the secret. */
  public byte[] toBytes() {
    return secret.clone();
  }

  /**
   * 16 bytes derived from the key that do not reveal it. Kept beside the data, they tell a wrong
   * key ("this is the key of another cluster") from damaged data.
   */
  public byte[] checkValue() {
    return Arrays.copyOf(KeyDerivation.derive(secret, "key check", "cluster", 32), 16);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClusterKey key && MessageDigest.isEqual(secret, key.secret);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(checkValue());
  }

  @Override
  public String toString() {
    return "ClusterKey[secret]";
  }
}
