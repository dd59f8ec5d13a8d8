package org.salvusfs.blockstore.api;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Wraps keys of projects, so that they can be stored: AES-256-GCM with a random nonce, under a key
 * that is derived from the cluster's for nothing else. The project's id is authenticated with the
 * key, so that a wrapped key is worth nothing in another project's place. Thread-safe.
 *
 * @see "docs/formats/project-key-v1.md"
 */
public final class KeyWrap {
  /** Length of a wrapped key. */
  public static final int WRAPPED_BYTES = 1 + 12 + ProjectKey.BYTES + 16;

  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BYTES = 16;

  private final byte[] key;
  private final SecureRandom random;

  private KeyWrap(byte[] key, SecureRandom random) {
    this.key = key;
    this.random = random;
  }

  /**
   * The wrap of a cluster.
   *
   * @param random makes nonces
   */
  public static KeyWrap of(ClusterKey cluster, SecureRandom random) {
    byte[] key = KeyDerivation.derive(cluster.toBytes(), "project key wrap", "cluster", 32);
    return new KeyWrap(key, random);
  }

  /** The key in a form that may be stored; {@link #WRAPPED_BYTES} bytes, others each time. */
  public byte[] wrap(ProjectKey projectKey, UUID project) {
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    try {
      byte[] sealed = cipher(Cipher.ENCRYPT_MODE, nonce, project).doFinal(projectKey.secret());
      return ByteBuffer.allocate(WRAPPED_BYTES).put(VERSION).put(nonce).put(sealed).array();
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  /**
   * The key that {@link #wrap} was given.
   *
   * @throws BlockStoreException.Corrupt if the bytes are not what was made for this project in this
   *     cluster
   */
  public ProjectKey unwrap(byte[] wrapped, UUID project) throws BlockStoreException.Corrupt {
    if (wrapped.length != WRAPPED_BYTES || wrapped[0] != VERSION) {
      throw new BlockStoreException.Corrupt(
          "the key of project %s: %d bytes that are no wrapped key (damaged, or written by a newer version)"
              .formatted(project, wrapped.length));
    }
    byte[] nonce = new byte[NONCE_BYTES];
    System.arraycopy(wrapped, 1, nonce, 0, NONCE_BYTES);
    int sealedAt = 1 + NONCE_BYTES;
    try {
      return ProjectKey.ofSecret(
          cipher(Cipher.DECRYPT_MODE, nonce, project)
              .doFinal(wrapped, sealedAt, WRAPPED_BYTES - sealedAt));
    } catch (AEADBadTagException e) {
      throw new BlockStoreException.Corrupt(
          "the key of project %s is damaged, or wrapped under the key of another cluster"
              .formatted(project),
          e);
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, UUID project) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(key, "AES"), new GCMParameterSpec(8 * TAG_BYTES, nonce));
    cipher.updateAAD(
        ByteBuffer.allocate(1 + 2 * Long.BYTES)
            .put(VERSION)
            .putLong(project.getMostSignificantBits())
            .putLong(project.getLeastSignificantBits())
            .array());
    return cipher;
  }

  private static IllegalStateException unavailable(GeneralSecurityException e) {
    return new IllegalStateException("AES-256-GCM failed; use JDK 25", e);
  }

  @Override
  public String toString() {
    return "KeyWrap[secret]";
  }
}
