package org.salvusfs.blockstore.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/**
 * HKDF-SHA-256 (RFC 5869) with the purpose as info and the key domain's name as salt.
 *
 * @see "docs/formats/block-v1.md"
 */
final class KeyDerivation {
  private static final String LABEL = "SalvusFS v1 ";

  private KeyDerivation() {}

  /** {@code bytes} (at most 8160) of key material for one purpose in one domain. */
  static byte[] derive(byte[] secret, String purpose, String domain, int bytes) {
    try {
      return KDF.getInstance("HKDF-SHA256")
          .deriveData(
              HKDFParameterSpec.ofExtract()
                  .addIKM(secret)
                  .addSalt(domain.getBytes(UTF_8))
                  .thenExpand((LABEL + purpose).getBytes(UTF_8), bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java runtime has no HKDF-SHA256; use JDK 25", e);
    }
  }
}
