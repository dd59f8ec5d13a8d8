package org.salvusfs.blockstore.codec;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;

/**
 * Crypto objects and a buffer, reused from block to block by one thread at a time.
 *
 * <p>A sealed block is a header of 5 bytes (format, plaintext length), the ciphertext, and the tag.
 * Its key is HMAC(seal key, id, format, payload length). Equal ids mean equal plaintexts, so a
 * payload differs for the same key only if two versions of the compressor produce different output
 * of the very same length; only there would the fixed nonce be used twice.
 */
final class Worker {
  static final int HEADER_BYTES = 5;
  static final int TAG_BYTES = 16;
  static final byte RAW = 1;
  static final byte LZ4 = 2;
  static final byte ZSTD = 3;

  /** Larger buffers (rare log records) are not kept. */
  private static final int SCRATCH_BYTES_MAX = 1 << 20;

  private static final GCMParameterSpec FIXED_NONCE =
      new GCMParameterSpec(8 * TAG_BYTES, new byte[12]);

  private final Compressor compressor;
  private final Mac idMac;
  private final Mac keyMac;
  private final ByteBuffer keyInput = ByteBuffer.allocate(BlockId.BYTES + 1 + Integer.BYTES);
  private final byte[] macOut = new byte[BlockId.BYTES];
  private Cipher sealer;
  private final Cipher opener;
  private @Nullable BlockId lastSealed;
  private byte[] scratch = new byte[0];

  Worker(byte[] idKey, byte[] sealKey, Compressor compressor) {
    this.compressor = compressor;
    try {
      idMac = mac(idKey);
      keyMac = mac(sealKey);
      sealer = cipher();
      opener = cipher();
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  BlockId id(ByteBuffer plaintext) {
    try {
      idMac.update(plaintext);
      idMac.doFinal(macOut, 0);
      return BlockId.of(macOut);
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  byte[] seal(BlockId id, byte[] plaintext, int offset, int length) {
    byte[] buffer = scratch(compressor.bytesMax(length));
    int packed = compressor.compress(plaintext, offset, length, buffer);
    boolean raw = packed < 0;
    byte[] payload = raw ? plaintext : buffer;
    int payloadOffset = raw ? offset : 0;
    int payloadBytes = raw ? length : packed;
    byte[] sealed = new byte[HEADER_BYTES + payloadBytes + TAG_BYTES];
    ByteBuffer.wrap(sealed).put(raw ? RAW : compressor.format()).putInt(length);
    try {
      if (id.equals(lastSealed)) {
        // Java refuses to seal twice in a row under one key and nonce, even the same bytes.
        sealer = cipher();
      }
      lastSealed = id;
      sealer.init(Cipher.ENCRYPT_MODE, key(id, sealed[0], payloadBytes), FIXED_NONCE);
      sealer.updateAAD(sealed, 0, HEADER_BYTES);
      sealer.doFinal(payload, payloadOffset, payloadBytes, sealed, HEADER_BYTES);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  /** What the header says; not authentic yet. */
  static int plaintextBytes(BlockId id, byte[] sealed) throws Corrupt {
    int payloadBytes = sealed.length - HEADER_BYTES - TAG_BYTES;
    if (payloadBytes < 0) {
      throw new Corrupt(
          "block %s: %d bytes are too few for a sealed block".formatted(id, sealed.length));
    }
    int length = ByteBuffer.wrap(sealed).getInt(1);
    if (length < 0 || (sealed[0] == RAW && length != payloadBytes)) {
      throw new Corrupt("block %s: its header gives a wrong length".formatted(id));
    }
    return length;
  }

  byte[] open(BlockId id, byte[] sealed) throws Corrupt {
    return open(id, sealed, null, 0);
  }

  /** The plaintext in {@code into} from {@code at} on, or at the start of a new array. */
  byte[] open(BlockId id, byte[] sealed, byte @Nullable [] into, int at) throws Corrupt {
    int length = plaintextBytes(id, sealed);
    int payloadBytes = sealed.length - HEADER_BYTES - TAG_BYTES;
    byte format = sealed[0];
    return switch (format) {
      case RAW -> {
        byte[] plaintext = into == null ? new byte[length] : into;
        decrypt(id, sealed, payloadBytes, plaintext, at);
        yield plaintext;
      }
      case LZ4, ZSTD -> {
        byte[] buffer = scratch(payloadBytes);
        decrypt(id, sealed, payloadBytes, buffer, 0);
        yield compressor.decompress(format, id, buffer, payloadBytes, length, into, at);
      }
      default ->
          throw new Corrupt(
              "block %s: format %d is unknown (damaged, or written by a newer version)"
                  .formatted(id, format));
    };
  }

  private void decrypt(BlockId id, byte[] sealed, int payloadBytes, byte[] into, int at)
      throws Corrupt {
    try {
      opener.init(Cipher.DECRYPT_MODE, key(id, sealed[0], payloadBytes), FIXED_NONCE);
      opener.updateAAD(sealed, 0, HEADER_BYTES);
      opener.doFinal(sealed, HEADER_BYTES, payloadBytes + TAG_BYTES, into, at);
    } catch (AEADBadTagException e) {
      throw new Corrupt("block %s: damaged, or sealed under another key".formatted(id), e);
    } catch (GeneralSecurityException e) {
      throw unavailable(e);
    }
  }

  private SecretKeySpec key(BlockId id, byte format, int payloadBytes)
      throws GeneralSecurityException {
    keyInput.clear();
    id.write(keyInput);
    keyInput.put(format).putInt(payloadBytes);
    keyMac.update(keyInput.array());
    keyMac.doFinal(macOut, 0);
    return new SecretKeySpec(macOut, "AES");
  }

  private byte[] scratch(int bytes) {
    if (bytes > SCRATCH_BYTES_MAX) {
      return new byte[bytes];
    }
    if (scratch.length < bytes) {
      scratch = new byte[bytes];
    }
    return scratch;
  }

  private static Mac mac(byte[] key) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(key, "HmacSHA256"));
    return mac;
  }

  private static Cipher cipher() throws GeneralSecurityException {
    return Cipher.getInstance("AES/GCM/NoPadding");
  }

  private static IllegalStateException unavailable(GeneralSecurityException e) {
    return new IllegalStateException("HMAC-SHA-256 or AES-256-GCM failed; use JDK 25", e);
  }
}
