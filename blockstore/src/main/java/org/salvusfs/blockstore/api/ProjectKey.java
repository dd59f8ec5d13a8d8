package org.salvusfs.blockstore.api;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The 32 random bytes from which the keys of one project's own domain are derived. They leave the
 * process only wrapped, see {@link KeyWrap}. Whoever destroys every copy has shredded the project:
 * nothing else, the cluster's key included, leads to what is sealed under them. Never printed.
 * Immutable.
 */
public final class ProjectKey {
  /** Length of the secret. */
  public static final int BYTES = 32;

  private final byte[] secret;

  private ProjectKey(byte[] secret) {
    this.secret = secret;
  }

  /** A new key. */
  public static ProjectKey generate(SecureRandom random) {
    byte[] secret = new byte[BYTES];
    random.nextBytes(secret);
    return new ProjectKey(secret);
  }

  /** Takes the array over. */
  static ProjectKey ofSecret(byte[] secret) {
    if (secret.length != BYTES) {
      throw new IllegalArgumentException("a project key has 32 bytes, not " + secret.length);
    }
    return new ProjectKey(secret);
  }

  /** The secret itself, not to be modified or passed on. */
  byte[] secret() {
    return secret;
  }

  /** The domain of the project that the key belongs to. */
  public KeyDomain domain(UUID project) {
    return KeyDomain.ofProject(project, secret);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ProjectKey key && MessageDigest.isEqual(secret, key.secret);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(KeyDerivation.derive(secret, "key check", "project", Integer.BYTES));
  }

  @Override
  public String toString() {
    return "ProjectKey[secret]";
  }
}
