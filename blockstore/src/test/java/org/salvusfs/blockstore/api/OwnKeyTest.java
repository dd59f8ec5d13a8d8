package org.salvusfs.blockstore.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.TestBytes;
import org.salvusfs.blockstore.TestKeys;
import org.salvusfs.blockstore.api.BlockStoreException.Corrupt;
import org.salvusfs.blockstore.api.BlockStoreException.Failed;
import org.salvusfs.blockstore.api.BlockStoreException.Shredded;
import org.salvusfs.blockstore.disk.LocalDisk;

/** Projects with a key of their own: how it is wrapped, what it seals, and what is left of it. */
class OwnKeyTest {
  private static final UUID ONE = new UUID(1, 1);
  private static final UUID TWO = new UUID(2, 2);
  private static final int HEADER_BYTES = 17;

  private final SecureRandom random = new SecureRandom();
  private final KeyWrap wrap = KeyWrap.of(TestKeys.cluster(0), random);

  /** The keys that are stored. */
  private final Map<UUID, byte[]> stored = new ConcurrentHashMap<>();

  private boolean isAway;
  private final KeyRing ring = ring();

  @TempDir Path directory;

  private KeyRing ring() {
    return new KeyRing(TestKeys.domain(), this::find);
  }

  private @Nullable ProjectKey find(UUID project) throws IOException {
    if (isAway) {
      throw new IOException("nobody answers");
    }
    byte[] wrapped = stored.get(project);
    return wrapped == null ? null : wrap.unwrap(wrapped, project);
  }

  private void giveKey(UUID project) {
    stored.put(project, wrap.wrap(ProjectKey.generate(random), project));
  }

  @Test
  void unwrap_whatWasWrapped_isTheKey_eachTimeInOtherBytes() throws Corrupt {
    ProjectKey key = ProjectKey.generate(random);
    byte[] once = wrap.wrap(key, ONE);
    byte[] again = wrap.wrap(key, ONE);
    assertEquals(KeyWrap.WRAPPED_BYTES, once.length);
    assertFalse(Arrays.equals(once, again), "the nonce is the same");
    assertEquals(key, wrap.unwrap(once, ONE));
    assertEquals(key, wrap.unwrap(again, ONE));
    assertNotEquals(key, ProjectKey.generate(random));
    assertEquals(key.hashCode(), wrap.unwrap(once, ONE).hashCode());
  }

  @Test
  void unwrap_byAnotherCluster_orForAnotherProject_isRefused() {
    byte[] wrapped = wrap.wrap(ProjectKey.generate(random), ONE);
    var other = KeyWrap.of(TestKeys.cluster(1), random);
    var e = assertThrows(Corrupt.class, () -> other.unwrap(wrapped, ONE));
    assertTrue(e.toString().contains("the key of another cluster"), e.toString());
    assertThrows(Corrupt.class, () -> wrap.unwrap(wrapped, TWO));
  }

  @Test
  void unwrap_withAnyBitFlipped_orCut_isRefused() {
    byte[] wrapped = wrap.wrap(ProjectKey.generate(random), ONE);
    for (int bit = 0; bit < 8 * wrapped.length; bit++) {
      byte[] bad = wrapped.clone();
      bad[bit / 8] ^= (byte) (1 << (bit % 8));
      assertThrows(Corrupt.class, () -> wrap.unwrap(bad, ONE), "bit " + bit);
    }
    for (int length = 0; length < wrapped.length; length++) {
      byte[] cut = Arrays.copyOf(wrapped, length);
      assertThrows(Corrupt.class, () -> wrap.unwrap(cut, ONE), "length " + length);
    }
    assertThrows(Corrupt.class, () -> wrap.unwrap(Arrays.copyOf(wrapped, 62), ONE));
  }

  @Test
  void secrets_areNeverPrinted() {
    ProjectKey key = ProjectKey.generate(random);
    assertEquals("ProjectKey[secret]", key.toString());
    assertEquals("KeyDomain[secret]", key.domain(ONE).toString());
    assertEquals("KeyWrap[secret]", wrap.toString());
    assertEquals("KeyRing[secret]", ring.toString());
  }

  @Test
  void equalPlaintexts_ofThreeDomains_haveNothingInCommon_andAllOpen() throws IOException {
    giveKey(ONE);
    giveKey(TWO);
    byte[] plaintext = TestBytes.text(new Random(1), 10_000);
    var ids = new HashSet<BlockId>();
    for (BlockCodec codec : List.of(ring.codec(), ring.codec(ONE), ring.codec(TWO))) {
      BlockId id = codec.id(ByteBuffer.wrap(plaintext));
      ids.add(id);
      byte[] sealed = codec.seal(id, plaintext, 0, plaintext.length);
      for (BlockCodec reader : List.of(ring.codec(), ring.codec(ONE), ring.codec(TWO))) {
        assertArrayEquals(plaintext, reader.open(id, sealed));
        assertTrue(reader.isIdOf(id, sealed));
      }
      BlockId other = codec.id(ByteBuffer.allocate(1));
      assertThrows(Corrupt.class, () -> ring.codec().open(other, sealed));
    }
    assertEquals(3, ids.size());
  }

  @Test
  void sealed_underAnOwnKey_namesItsProject_beforeTheBytesOfTheOtherFormats() throws IOException {
    giveKey(ONE);
    byte[] plaintext = TestBytes.text(new Random(1), 10_000);
    BlockId id = ring.codec(ONE).id(ByteBuffer.wrap(plaintext));
    byte[] sealed = ring.codec(ONE).seal(id, plaintext, 0, plaintext.length);
    assertEquals(4, sealed[0]);
    assertEquals(ONE, BlockCodec.projectOf(sealed));
    assertEquals(2, sealed[HEADER_BYTES], "LZ4");
    BlockId shared = ring.codec().id(ByteBuffer.wrap(plaintext));
    byte[] ofCluster = ring.codec().seal(shared, plaintext, 0, plaintext.length);
    assertNull(BlockCodec.projectOf(ofCluster));
    assertEquals(ofCluster.length + HEADER_BYTES, sealed.length);
    for (int length = 0; length < sealed.length; length += 1 + length / 3) {
      byte[] cut = Arrays.copyOf(sealed, length);
      assertThrows(Corrupt.class, () -> ring.codec().open(id, cut), "length " + length);
    }
  }

  @Test
  void ownDomain_ofTheSameSecret_isAnotherForAnotherProject() {
    ProjectKey key = ProjectKey.generate(random);
    assertFalse(Arrays.equals(key.domain(ONE).idKey(), key.domain(TWO).idKey()));
    assertFalse(Arrays.equals(key.domain(ONE).sealKey(), key.domain(TWO).sealKey()));
    assertFalse(Arrays.equals(key.domain(ONE).gearSeed(), key.domain(TWO).gearSeed()));
  }

  @Test
  void open_whenTheKeyIsDestroyed_isShredded_byEveryKeyThatIsLeft() throws IOException {
    giveKey(ONE);
    giveKey(TWO);
    byte[] plaintext = TestBytes.text(new Random(1), 10_000);
    BlockId id = ring.codec(ONE).id(ByteBuffer.wrap(plaintext));
    byte[] sealed = ring.codec(ONE).seal(id, plaintext, 0, plaintext.length);
    stored.remove(ONE);
    assertArrayEquals(plaintext, ring.codec().open(id, sealed), "it is in memory");
    ring.forget(ONE);
    assertThrows(Shredded.class, () -> ring.codec().open(id, sealed));
    assertThrows(Shredded.class, () -> ring.codec().isIdOf(id, sealed));
    assertThrows(Shredded.class, () -> ring.codec(ONE));
    assertFalse(ring.holds(ONE));
    assertTrue(ring.holds(TWO));
    requireLost(id, sealed);
  }

  /** Tries every key that is left on the bytes as they are, as another's, and without a header. */
  private void requireLost(BlockId id, byte[] sealed) throws IOException {
    byte[] bare = Arrays.copyOfRange(sealed, HEADER_BYTES, sealed.length);
    byte[] asTwo = sealed.clone();
    ByteBuffer.wrap(asTwo, 1, 16).putLong(TWO.getMostSignificantBits()).putLong(2);
    assertEquals(TWO, BlockCodec.projectOf(asTwo));
    for (byte[] bytes : List.of(sealed, bare, asTwo)) {
      for (KeyDomain left :
          List.of(
              TestKeys.domain(),
              Objects.requireNonNull(find(TWO)).domain(TWO),
              Objects.requireNonNull(find(TWO)).domain(ONE))) {
        assertThrows(Corrupt.class, () -> BlockCodec.of(left).open(id, bytes));
      }
    }
    assertThrows(Corrupt.class, () -> ring.codec().open(id, bare));
    assertThrows(Corrupt.class, () -> ring.codec().open(id, asTwo));
    assertThrows(Corrupt.class, () -> wrap.unwrap(sealed, ONE));
  }

  @Test
  void open_whenTheKeyCannotBeFetched_saysSo_andWorksAfterwards() throws IOException {
    giveKey(ONE);
    byte[] plaintext = new byte[100];
    BlockId id = ring.codec(ONE).id(ByteBuffer.wrap(plaintext));
    byte[] sealed = ring.codec(ONE).seal(id, plaintext, 0, 100);
    KeyRing other = ring();
    isAway = true;
    var e = assertThrows(Failed.class, () -> other.codec().open(id, sealed));
    assertTrue(e.toString().contains("nobody answers"), e.toString());
    assertArrayEquals(plaintext, ring.codec().open(id, sealed), "whoever has it needs nobody");
    isAway = false;
    assertArrayEquals(plaintext, other.codec().open(id, sealed));
  }

  @Test
  void storedKey_thatIsDamaged_isCorrupt_notShredded() {
    giveKey(ONE);
    stored.computeIfPresent(ONE, (id, wrapped) -> Arrays.copyOf(wrapped, 60));
    assertThrows(Corrupt.class, () -> ring.codec(ONE));
    assertThrows(Corrupt.class, () -> ring.holds(ONE));
  }

  private BlockStore open(KeyRing keys) throws IOException {
    return BlockStore.open(
        LocalDisk.open(directory.resolve("packs")),
        directory.resolve("index"),
        keys,
        new BlockStore.Options(1 << 20, 1 << 20));
  }

  @Test
  void chunks_ofEqualContents_areStoredForEachDomain_andOnceInEach() throws IOException {
    giveKey(ONE);
    byte[] data = TestBytes.noise(new Random(1), 100_000);
    try (BlockStore store = open(ring)) {
      Chunks own = store.chunks(Optional.of(ONE), () -> Compression.ZSTD);
      assertEquals(ONE, own.ownKey().orElseThrow());
      assertTrue(store.chunks().ownKey().isEmpty());
      assertTrue(store.chunks(Optional.empty(), () -> Compression.ZSTD).ownKey().isEmpty());
      BlockId shared = store.chunks().put(data, 0, data.length);
      BlockId mine = own.put(data, 0, data.length);
      assertNotEquals(shared, mine);
      long used = store.usedBytes();
      assertTrue(used > 2L * data.length, used + " bytes for two copies");
      assertEquals(mine, own.put(data, 0, data.length));
      assertEquals(
          mine, store.chunks(Optional.of(ONE), () -> Compression.LZ4).put(data, 0, data.length));
      assertEquals(used, store.usedBytes());
      assertArrayEquals(data, own.get(mine));
      assertArrayEquals(data, own.get(shared));
      assertArrayEquals(data, store.chunks().get(mine));
    }
  }

  @Test
  void chunks_ofDifferentDomains_areCutInDifferentPlaces() throws IOException {
    giveKey(ONE);
    byte[] data = TestBytes.noise(new Random(1), 4 << 20);
    try (BlockStore store = open(ring)) {
      assertNotEquals(
          cuts(store.chunks(), data),
          cuts(store.chunks(Optional.of(ONE), () -> Compression.LZ4), data));
    }
  }

  private static List<Integer> cuts(Chunks chunks, byte[] data) {
    var cuts = new ArrayList<Integer>();
    for (int at = 0; at < data.length; ) {
      at += chunks.cut(data, at, data.length - at, true);
      cuts.add(at);
    }
    return cuts;
  }

  @Test
  void verify_ofShreddedBlocks_isNoDamage_andWithoutAnAnswerNoVerdict() throws IOException {
    giveKey(ONE);
    BlockId mine;
    BlockId shared;
    try (BlockStore store = open(ring)) {
      mine = store.chunks(Optional.of(ONE), () -> Compression.LZ4).put(new byte[5000], 0, 5000);
      shared = store.chunks().put(new byte[5000], 0, 5000);
      store.chunks().sync();
      assertEquals(Set.of(mine, shared), verified(store));
    }
    try (BlockStore store = open(ring())) {
      isAway = true;
      assertThrows(Failed.class, () -> verified(store));
      isAway = false;
      assertTrue(store.store().contains(mine), "a key that did not come is no damage");
      stored.remove(ONE);
      assertEquals(Set.of(mine, shared), verified(store));
      assertThrows(Shredded.class, () -> store.chunks().get(mine));
      requireGone(store, mine);
    }
  }

  /** Garbage as any other: what nobody marks is swept, and what is marked is moved unopened. */
  private static void requireGone(BlockStore store, BlockId mine) throws IOException {
    try (Sweep sweep = store.sweep(7)) {
      sweep.run(0, (bytes, done, total) -> {});
    }
    assertFalse(store.store().contains(mine));
  }

  private static Set<BlockId> verified(BlockStore store) throws BlockStoreException {
    var intact = new HashSet<BlockId>();
    store.verify(
        PackPlace.START,
        new BlockVisitor() {
          @Override
          public void intact(BlockId id, int sealedBytes) {
            intact.add(id);
          }

          @Override
          public void damaged(Damage damage) {
            throw new AssertionError(damage);
          }

          @Override
          public void progress(PackPlace reached, long doneBytes, long totalBytes) {
            assertTrue(doneBytes <= totalBytes);
          }
        });
    return intact;
  }
}
