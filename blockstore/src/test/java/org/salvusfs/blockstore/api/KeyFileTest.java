package org.salvusfs.blockstore.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.KeyFileException.Reason;

class KeyFileTest {
  private static final char[] PASSPHRASE = "kräftig & lang".toCharArray();
  private static final WrapCost CHEAP = new WrapCost(64, 1);

  @TempDir Path directory;
  private final SecureRandom random = new SecureRandom();
  private Path path = Path.of("");
  private KeyFile file = new KeyFile(path);

  @BeforeEach
  void setUp() {
    path = directory.resolve("cluster.key");
    file = new KeyFile(path, CHEAP);
  }

  @Test
  void create_inTheClear_canBeLoadedByItsOwnerOnly() throws IOException {
    ClusterKey key = file.create(random, null);
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    assertFalse(file.isWrapped());
    assertEquals(key, file.load(null));
    assertEquals(key, file.load(PASSPHRASE));
    try (var files = Files.list(directory)) {
      assertEquals(List.of(path), files.toList());
    }
  }

  @Test
  void create_wrapped_needsTheRightPassphrase() throws IOException {
    ClusterKey key = file.create(random, PASSPHRASE);
    assertTrue(file.isWrapped());
    assertEquals(key, file.load(PASSPHRASE));
    assertFails(Reason.PASSPHRASE_NEEDED, null);
    assertFails(Reason.WRONG_PASSPHRASE, "kräftig & kurz".toCharArray());
    assertFalse(Files.readString(path).contains(HexFormat.of().formatHex(key.toBytes())));
  }

  @Test
  void create_overExistingKey_leavesIt() throws IOException {
    ClusterKey key = file.create(random, null);
    var e = assertThrows(KeyFileException.class, () -> file.create(random, null));
    assertEquals(Reason.EXISTS, e.reason());
    assertEquals(key, file.load(null));
  }

  @Test
  void load_ofMissingFile_saysSo() {
    assertFalse(file.exists());
    assertFails(Reason.MISSING, null);
  }

  @Test
  void load_ofReadableFile_isRefused() throws IOException {
    file.create(random, null);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r-----"));
    assertFails(Reason.EXPOSED, null);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("r--------"));
    file.load(null);
  }

  @Test
  void load_ofNewerFormat_saysSo() throws IOException {
    file.create(random, null);
    Files.writeString(path, Files.readString(path).replace("key 1", "key 2"));
    assertFails(Reason.NEWER, null);
  }

  @Test
  void load_ofEveryDamagedForm_neverGivesAnotherKey() throws IOException {
    for (char[] passphrase : new char[][] {null, PASSPHRASE}) {
      Files.deleteIfExists(path);
      file.create(random, passphrase);
      byte[] good = Files.readAllBytes(path);
      for (int i = 0; i < good.length; i++) {
        for (int bit : new int[] {0, 1, 4}) {
          byte[] bad = good.clone();
          bad[i] ^= (byte) (1 << bit);
          Files.write(path, bad);
          Reason reason = failure(passphrase).reason();
          assertTrue(reason == Reason.DAMAGED || reason == Reason.NEWER, reason + " at " + i);
        }
        Files.write(path, Arrays.copyOf(good, i));
        assertFails(Reason.DAMAGED, passphrase);
      }
    }
  }

  @Test
  void defaultCost_isWhatTheFileSays() throws IOException {
    new KeyFile(path).create(random, PASSPHRASE);
    assertTrue(Files.readString(path).contains("argon2id memory=65536 passes=3 salt="));
    new KeyFile(path).load(PASSPHRASE);
  }

  @Test
  void keyDomain_isGolden() {
    byte[] secret = new byte[32];
    for (int i = 0; i < 32; i++) {
      secret[i] = (byte) i;
    }
    ClusterKey key = ClusterKey.of(secret);
    KeyDomain keys = KeyDomain.ofCluster(key);
    var hex = HexFormat.of();
    assertEquals("97da0a43130d7773058d0c8d955d88ef", hex.formatHex(key.checkValue()));
    assertEquals(
        "cf34ccd8dfa939f711641c93d6e2a97dbf2e7128336e48ccc9c3be66c64f60f8",
        hex.formatHex(keys.idKey()));
    assertEquals(
        "0f60b5d89b1df968f8486241f0b6e32d40def9682c3b05b9dbd109a3e869e214",
        hex.formatHex(keys.sealKey()));
    assertEquals("7dbb23e15d2355ee497e177ef595e9aa", hex.formatHex(keys.gearSeed(), 0, 16));
    assertEquals(2048, keys.gearSeed().length);
  }

  @Test
  void toString_neverShowsTheKey() {
    ClusterKey key = ClusterKey.generate(random);
    assertEquals("ClusterKey[secret]", key.toString());
    assertEquals("KeyDomain[secret]", KeyDomain.ofCluster(key).toString());
    assertNotEquals(key, ClusterKey.generate(random));
  }

  private void assertFails(Reason reason, char @Nullable [] passphrase) {
    assertEquals(reason, failure(passphrase).reason());
  }

  private KeyFileException failure(char @Nullable [] passphrase) {
    return assertThrows(KeyFileException.class, () -> file.load(passphrase));
  }
}
