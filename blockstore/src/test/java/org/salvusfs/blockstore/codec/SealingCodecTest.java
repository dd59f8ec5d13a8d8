package org.salvusfs.blockstore.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.blockstore.api.KeyWrap;
import org.salvusfs.blockstore.api.ProjectKey;

class SealingCodecTest {
  private final BlockCodec codec = BlockCodec.of(TestKeys.domain());
  private final BlockCodec zstd = BlockCodec.of(TestKeys.domain(), Compression.ZSTD);

  @Test
  void id_isHmacOfThePlaintext() throws GeneralSecurityException {
    byte[] plaintext = TestBytes.noise(new Random(1), 1000);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(TestKeys.domain().idKey(), "HmacSHA256"));
    BlockId expected = BlockId.of(mac.doFinal(plaintext));
    ByteBuffer direct = ByteBuffer.allocateDirect(1000).put(plaintext).flip();
    assertEquals(expected, codec.id(ByteBuffer.wrap(plaintext)));
    assertEquals(expected, codec.id(direct));
    assertEquals(0, direct.position());
    byte[] framed = new byte[1010];
    System.arraycopy(plaintext, 0, framed, 10, 1000);
    assertEquals(expected, codec.id(ByteBuffer.wrap(framed, 10, 1000)));
    assertNotEquals(expected, BlockCodec.of(TestKeys.domain(1)).id(ByteBuffer.wrap(plaintext)));
  }

  @Test
  void open_ofSealed_isThePlaintext() throws IOException {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      int bytes = seed < 40 ? seed : random.nextInt(300_000);
      byte[] plaintext =
          random.nextBoolean() ? TestBytes.noise(random, bytes) : TestBytes.text(random, bytes);
      int offset = random.nextInt(bytes + 1);
      int length = random.nextInt(bytes - offset + 1);
      byte[] before = plaintext.clone();
      BlockId id = codec.id(ByteBuffer.wrap(plaintext, offset, length));
      byte[] sealed = codec.seal(id, plaintext, offset, length);
      assertArrayEquals(sealed, codec.seal(id, plaintext, offset, length), "seed " + seed);
      assertArrayEquals(before, plaintext);
      byte[] expected = Arrays.copyOfRange(plaintext, offset, offset + length);
      assertArrayEquals(expected, codec.open(id, sealed), "seed " + seed);
      byte[] smaller = zstd.seal(id, plaintext, offset, length);
      assertArrayEquals(smaller, zstd.seal(id, plaintext, offset, length), "seed " + seed);
      assertArrayEquals(before, plaintext);
      assertArrayEquals(expected, codec.open(id, smaller), "seed " + seed);
      assertArrayEquals(expected, zstd.open(id, sealed), "seed " + seed);
    }
  }

  @Test
  void seal_textAndNoise_compressesWhatPays() {
    byte[] text = TestBytes.text(new Random(1), 65536);
    byte[] noise = TestBytes.noise(new Random(1), 65536);
    byte[] sealedText = seal(text);
    byte[] sealedNoise = seal(noise);
    assertEquals(Worker.LZ4, sealedText[0]);
    assertTrue(sealedText.length < 65536 / 2);
    BlockId id = codec.id(ByteBuffer.wrap(text));
    byte[] smallerText = zstd.seal(id, text, 0, text.length);
    assertEquals(Worker.ZSTD, smallerText[0]);
    assertTrue(smallerText.length < sealedText.length);
    assertEquals(
        Worker.RAW, zstd.seal(codec.id(ByteBuffer.wrap(noise)), noise, 0, noise.length)[0]);
    assertEquals(Worker.RAW, sealedNoise[0]);
    assertEquals(65536 + Worker.HEADER_BYTES + Worker.TAG_BYTES, sealedNoise.length);
    assertTrue(Compressor.looksRandom(noise, 0, noise.length));
    assertFalse(Compressor.looksRandom(text, 0, text.length));
    assertFalse(Compressor.looksRandom(new byte[65536], 0, 65536));
  }

  @Test
  void seal_compressesWhatSavesOneSixtyFourth() {
    byte[] block = TestBytes.noise(new Random(1), 3200);
    Arrays.fill(block, 1000, 1000 + 60, (byte) 0);
    assertEquals(Worker.RAW, seal(block)[0]);
    Arrays.fill(block, 1000, 1000 + 100, (byte) 0);
    assertEquals(Worker.LZ4, seal(block)[0]);
  }

  @Test
  void open_withAnyBitFlipped_isCorrupt() {
    for (int length : new int[] {0, 1, 100, 5000}) {
      for (byte[] plaintext :
          List.of(
              TestBytes.noise(new Random(length), length),
              TestBytes.text(new Random(length), length))) {
        BlockId id = codec.id(ByteBuffer.wrap(plaintext));
        requireEveryFlipIsSeen(id, codec.seal(id, plaintext, 0, length));
        requireEveryFlipIsSeen(id, zstd.seal(id, plaintext, 0, length));
      }
    }
  }

  private void requireEveryFlipIsSeen(BlockId id, byte[] sealed) {
    for (int bit = 0; bit < sealed.length * 8; bit += 1 + sealed.length / 200) {
      byte[] bad = sealed.clone();
      bad[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThrows(Corrupt.class, () -> codec.open(id, bad), "bit " + bit);
    }
  }

  /** What an authentic block of a defective writer would hold. */
  @Test
  void decompress_ofWhatIsNoFrameOfThatLength_isCorrupt() throws Corrupt {
    var method = new Zstandard();
    BlockId id = codec.id(ByteBuffer.allocate(1));
    byte[] text = TestBytes.text(new Random(1), 5000);
    byte[] packed = new byte[method.bytesMax(text.length)];
    int bytes = method.compress(text, 0, text.length, packed);
    assertArrayEquals(text, method.decompress(id, packed, bytes, text.length, null, 0));
    assertThrows(
        Corrupt.class, () -> method.decompress(id, packed, bytes, text.length - 1, null, 0));
    assertThrows(
        Corrupt.class, () -> method.decompress(id, packed, bytes, text.length + 1, null, 0));
    assertThrows(
        Corrupt.class, () -> method.decompress(id, packed, bytes / 2, text.length, null, 0));
    assertThrows(Corrupt.class, () -> method.decompress(id, packed, 0, 0, null, 0));
    for (int seed = 0; seed < 1000; seed++) {
      var random = new Random(seed);
      byte[] noise = TestBytes.noise(random, random.nextInt(100));
      assertThrows(Corrupt.class, () -> method.decompress(id, noise, noise.length, 50, null, 0));
    }
  }

  @Test
  void open_ofGarbage_isCorrupt() {
    BlockId id = codec.id(ByteBuffer.allocate(1));
    for (int seed = 0; seed < 1000; seed++) {
      var random = new Random(seed);
      byte[] garbage = TestBytes.noise(random, random.nextInt(200));
      if (garbage.length > 0 && random.nextBoolean()) {
        garbage[0] = (byte) (1 + random.nextInt(3));
      }
      assertThrows(Corrupt.class, () -> codec.open(id, garbage), "seed " + seed);
    }
  }

  @Test
  void open_underAnotherIdOrKey_isCorrupt() {
    byte[] plaintext = TestBytes.text(new Random(1), 5000);
    BlockId id = codec.id(ByteBuffer.wrap(plaintext));
    byte[] sealed = codec.seal(id, plaintext, 0, plaintext.length);
    BlockId other = new BlockId(id.w0(), id.w1(), id.w2(), id.w3() ^ 1);
    assertThrows(Corrupt.class, () -> codec.open(other, sealed));
    assertThrows(Corrupt.class, () -> BlockCodec.of(TestKeys.domain(1)).open(id, sealed));
  }

  @Test
  void codec_usedByManyThreads_givesTheSameAsByOne() throws Exception {
    Callable<Boolean> work =
        () -> {
          for (int seed = 0; seed < 200; seed++) {
            byte[] plaintext = TestBytes.text(new Random(seed), 3000 + seed);
            BlockId id = codec.id(ByteBuffer.wrap(plaintext));
            if (!Arrays.equals(
                plaintext, codec.open(id, codec.seal(id, plaintext, 0, plaintext.length)))) {
              return false;
            }
          }
          return true;
        };
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var result : threads.invokeAll(Collections.nCopies(8, work))) {
        assertTrue(result.get());
      }
    }
  }

  @Test
  void lz4_onThisMachine_isNative() {
    assertEquals(LZ4Factory.nativeInstance().toString(), LZ4Factory.fastestInstance().toString());
  }

  /** Blocks that version 1 sealed must open for ever. */
  @Test
  void golden_blocks_open() throws IOException {
    Properties golden = golden();
    HexFormat hex = HexFormat.of();
    for (String name : List.of("empty", "raw", "lz4", "zstd")) {
      byte[] plaintext = hex.parseHex(golden.getProperty(name + ".plaintext"));
      BlockId id = BlockId.parse(golden.getProperty(name + ".id"));
      byte[] sealed = hex.parseHex(golden.getProperty(name + ".sealed"));
      assertEquals(id, codec.id(ByteBuffer.wrap(plaintext)), name);
      assertArrayEquals(plaintext, codec.open(id, sealed), name);
      if (name.equals("empty") || name.equals("raw")) {
        assertArrayEquals(sealed, codec.seal(id, plaintext, 0, plaintext.length), name);
      }
    }
  }

  @Test
  void golden_blockOfAProjectWithItsOwnKey_opensByTheUnwrappedKey() throws IOException {
    Properties golden = golden();
    HexFormat hex = HexFormat.of();
    UUID project = UUID.fromString("00010203-0405-0607-0809-0a0b0c0d0e0f");
    byte[] plaintext = hex.parseHex(golden.getProperty("own.plaintext"));
    BlockId id = BlockId.parse(golden.getProperty("own.id"));
    byte[] sealed = hex.parseHex(golden.getProperty("own.sealed"));
    byte[] wrapped = hex.parseHex(golden.getProperty("own.wrapped"));
    ProjectKey key = KeyWrap.of(TestKeys.cluster(0), new SecureRandom()).unwrap(wrapped, project);
    BlockCodec own = BlockCodec.of(key.domain(project));
    assertEquals(project, BlockCodec.projectOf(sealed));
    assertEquals(id, own.id(ByteBuffer.wrap(plaintext)));
    assertArrayEquals(plaintext, own.open(id, sealed));
    assertArrayEquals(sealed, own.seal(id, plaintext, 0, plaintext.length));
    assertThrows(Corrupt.class, () -> codec.open(id, sealed));
  }

  private Properties golden() throws IOException {
    var golden = new Properties();
    try (InputStream in =
        Objects.requireNonNull(getClass().getResourceAsStream("/golden/block-v1.properties"))) {
      golden.load(in);
    }
    return golden;
  }

  private byte[] seal(byte[] plaintext) {
    return codec.seal(codec.id(ByteBuffer.wrap(plaintext)), plaintext, 0, plaintext.length);
  }
}
