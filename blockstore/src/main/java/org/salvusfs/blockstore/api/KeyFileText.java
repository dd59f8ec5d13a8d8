package org.salvusfs.blockstore.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.KeyFileException.Reason;

/**
 * The text of a key file: five lines in the clear form, seven in the wrapped one. The last line is
 * a checksum, so that a damaged file is not taken for a wrong passphrase.
 *
 * @see "docs/formats/key-v1.md"
 */
final class KeyFileText {
  private static final String TITLE = "salvusfs key ";
  private static final String VERSION = "1";
  private static final HexFormat HEX = HexFormat.of();
  private static final int SALT_BYTES = 16;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private static final Pattern TITLE_LINE = Pattern.compile(TITLE + "([0-9]{1,4})\n");
  private static final Pattern SUM = Pattern.compile("(.*)crc32c ([0-9a-f]{8})\n", Pattern.DOTALL);
  private static final Pattern PLAIN =
      Pattern.compile("salvusfs key 1\ncheck ([0-9a-f]{32})\nkey ([0-9a-f]{64})\n");
  private static final Pattern WRAPPED =
      Pattern.compile(
          "(salvusfs key 1\ncheck ([0-9a-f]{32})\n"
              + "argon2id memory=([0-9]{1,8}) passes=([0-9]{1,4}) salt=([0-9a-f]{32})\n)"
              + "wrapped ([0-9a-f]{120})\n");

  private final String name;
  private final byte[] checkValue;
  private final @Nullable Wrapping wrapping;

  /** The secret, or nonce and ciphertext of the wrapped secret. */
  private final byte[] payload;

  /** How the secret is wrapped; the header is authenticated with it. */
  private record Wrapping(String header, WrapCost cost, byte[] salt) {}

  private KeyFileText(String name, byte[] checkValue, @Nullable Wrapping wrapping, byte[] payload) {
    this.name = name;
    this.checkValue = checkValue;
    this.wrapping = wrapping;
    this.payload = payload;
  }

  static String plain(ClusterKey key) {
    return withSum(title(key) + "key " + HEX.formatHex(key.toBytes()) + "\n");
  }

  static String wrapped(ClusterKey key, char[] passphrase, WrapCost cost, SecureRandom random) {
    byte[] salt = new byte[SALT_BYTES];
    random.nextBytes(salt);
    byte[] nonce = new byte[NONCE_BYTES];
    random.nextBytes(nonce);
    String header =
        title(key)
            + "argon2id memory=%d passes=%d salt=%s\n"
                .formatted(cost.memoryKib(), cost.passes(), HEX.formatHex(salt));
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, passphrase, cost, salt, nonce, header);
      byte[] ciphertext = cipher.doFinal(key.toBytes());
      return withSum(header + "wrapped " + HEX.formatHex(nonce) + HEX.formatHex(ciphertext) + "\n");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed", e);
    }
  }

  /**
   * Reads either form.
   *
   * @param name the file, for messages
   */
  static KeyFileText parse(String name, String text) throws KeyFileException {
    Matcher title = TITLE_LINE.matcher(text);
    if (title.lookingAt() && !title.group(1).equals(VERSION)) {
      throw new KeyFileException(
          Reason.NEWER,
          "%s has format %s; this version of SalvusFS reads %s"
              .formatted(name, title.group(1), VERSION));
    }
    Matcher sum = SUM.matcher(text);
    if (!sum.matches() || !sum.group(2).equals(crc(sum.group(1)))) {
      throw damaged(name);
    }
    Matcher plain = PLAIN.matcher(sum.group(1));
    if (plain.matches()) {
      return new KeyFileText(
          name, HEX.parseHex(plain.group(1)), null, HEX.parseHex(plain.group(2)));
    }
    Matcher wrapped = WRAPPED.matcher(sum.group(1));
    if (!wrapped.matches()) {
      throw damaged(name);
    }
    var cost = new WrapCost(Integer.parseInt(wrapped.group(3)), Integer.parseInt(wrapped.group(4)));
    if (!cost.isSane()) {
      throw damaged(name);
    }
    return new KeyFileText(
        name,
        HEX.parseHex(wrapped.group(2)),
        new Wrapping(wrapped.group(1), cost, HEX.parseHex(wrapped.group(5))),
        HEX.parseHex(wrapped.group(6)));
  }

  boolean isWrapped() {
    return wrapping != null;
  }

  ClusterKey unwrap(char @Nullable [] passphrase) throws KeyFileException {
    ClusterKey key = ClusterKey.of(secret(passphrase));
    if (!Arrays.equals(key.checkValue(), checkValue)) {
      throw damaged(name);
    }
    return key;
  }

  private byte[] secret(char @Nullable [] passphrase) throws KeyFileException {
    if (wrapping == null) {
      return payload;
    }
    if (passphrase == null) {
      throw new KeyFileException(
          Reason.PASSPHRASE_NEEDED, name + " is protected by a passphrase, and none was given");
    }
    try {
      byte[] nonce = Arrays.copyOf(payload, NONCE_BYTES);
      return cipher(
              Cipher.DECRYPT_MODE,
              passphrase,
              wrapping.cost(),
              wrapping.salt(),
              nonce,
              wrapping.header())
          .doFinal(payload, NONCE_BYTES, payload.length - NONCE_BYTES);
    } catch (AEADBadTagException e) {
      throw new KeyFileException(
          Reason.WRONG_PASSPHRASE, "the passphrase does not open " + name + " (the file is sound)");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM failed", e);
    }
  }

  private static Cipher cipher(
      int mode, char[] passphrase, WrapCost cost, byte[] salt, byte[] nonce, String header)
      throws GeneralSecurityException {
    var argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(Argon2Parameters.ARGON2_VERSION_13)
            .withMemoryAsKB(cost.memoryKib())
            .withIterations(cost.passes())
            .withParallelism(1)
            .withSalt(salt)
            .build());
    byte[] wrapKey = new byte[32];
    ByteBuffer utf8 = UTF_8.encode(CharBuffer.wrap(passphrase));
    byte[] password = new byte[utf8.remaining()];
    utf8.get(password);
    argon2.generateBytes(password, wrapKey);
    Arrays.fill(password, (byte) 0);
    utf8.clear().put(new byte[utf8.capacity()]);
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, new SecretKeySpec(wrapKey, "AES"), new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(header.getBytes(US_ASCII));
    return cipher;
  }

  private static String title(ClusterKey key) {
    return TITLE + VERSION + "\ncheck " + HEX.formatHex(key.checkValue()) + "\n";
  }

  private static String withSum(String body) {
    return body + "crc32c " + crc(body) + "\n";
  }

  private static String crc(String body) {
    var crc = new CRC32C();
    crc.update(body.getBytes(US_ASCII));
    return HEX.toHexDigits((int) crc.getValue());
  }

  private static KeyFileException damaged(String name) {
    return new KeyFileException(
        Reason.DAMAGED, name + " is damaged or not a SalvusFS key file; restore it from your copy");
  }
}
