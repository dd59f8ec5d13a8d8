package org.salvusfs.daemon.datadir;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.DaemonException;

final class DataDirectoryTest {
  private static final UUID HOST = new UUID(1, 2);
  private static final UUID CLUSTER = new UUID(3, 4);
  private static final UUID OTHER_CLUSTER = new UUID(5, 6);

  @TempDir private Path temporary = Path.of("");

  private static UUID noId() {
    throw new AssertionError("a second id was asked for");
  }

  private Path directory() {
    return temporary.resolve("data");
  }

  @Test
  void open_nothingThere_makesADirectoryForItsOwnerOnly() throws Exception {
    try (var data = DataDirectory.open(directory(), () -> HOST)) {
      assertEquals(HOST, data.host());
      assertFalse(data.belongsToCluster());
      assertEquals("salvusfs data directory\nversion: 1\n", text("format"));
    }
    assertEquals(
        "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory())));
  }

  /** A start that was refused on the way to its cluster leaves no half data directory behind. */
  @Test
  void close_madeAndNeverJoined_leavesWhatWasThere() throws Exception {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("cluster.key"), "copied from another host");
    try (var data = DataDirectory.open(directory(), () -> HOST)) {
      Files.createDirectory(data.layout().logs());
      Files.writeString(data.layout().logs().resolve("daemon.log"), "refused");
    }
    try (var entries = Files.list(directory())) {
      assertEquals(
          Set.of("cluster.key", "lock"),
          entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet()));
    }
  }

  @Test
  void close_madeAndNeverJoined_keepsWhatItDidNotMake() throws Exception {
    try (var data = DataDirectory.open(directory(), () -> HOST)) {
      Files.createDirectory(data.layout().cassandra());
    }
    try (var data = DataDirectory.open(directory(), DataDirectoryTest::noId)) {
      assertEquals(HOST, data.host());
      assertTrue(Files.isDirectory(data.layout().cassandra()));
    }
  }

  @Test
  void open_whereOnlyTheClusterKeyWasPut_makesADataDirectory() throws Exception {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("cluster.key"), "copied from another host");
    try (var data = DataDirectory.open(directory(), () -> HOST)) {
      assertFalse(data.belongsToCluster());
    }
  }

  @Test
  void open_again_findsTheSameHostAndCluster() throws Exception {
    try (var data = DataDirectory.open(directory(), () -> HOST)) {
      data.join(CLUSTER);
    }
    try (var data = DataDirectory.open(directory(), DataDirectoryTest::noId)) {
      assertEquals(HOST, data.host());
      assertTrue(data.belongsToCluster());
      data.join(CLUSTER);
    }
  }

  @Test
  void open_whileOpen_isRefused() throws Exception {
    try (var data = DataDirectory.open(directory(), () -> HOST)) {
      var e =
          assertThrows(
              DaemonException.AlreadyRunning.class,
              () -> DataDirectory.open(directory(), DataDirectoryTest::noId));
      assertTrue(String.valueOf(e.getMessage()).contains(data.layout().directory().toString()));
    }
  }

  @Test
  void open_afterACrashInTheMakingOfIt_finishesIt() throws Exception {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("format.new"), "salvusfs da");
    Files.writeString(directory().resolve("lock"), "");
    Files.writeString(directory().resolve("host-id"), HOST + "\n");
    try (var data = DataDirectory.open(directory(), DataDirectoryTest::noId)) {
      assertEquals(HOST, data.host());
    }
  }

  @Test
  void open_directoryOfSomethingElse_isRefusedAndUnchanged() throws Exception {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("thesis.tex"), "x");
    obstructed("thesis.tex");
    try (var entries = Files.list(directory())) {
      assertEquals(1, entries.count());
    }
  }

  @Test
  void open_file_isRefused() throws Exception {
    Files.writeString(directory(), "x");
    obstructed("is not a directory");
  }

  @Test
  void open_newerFormat_isRefusedAndUnchanged() throws Exception {
    var newer = "salvusfs data directory\nversion: 2\nshards: many\n";
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("format"), newer);
    obstructed("has format 2");
    assertEquals(newer, text("format"));
    assertFalse(Files.exists(directory().resolve("lock")));
  }

  @Test
  void open_damagedFormatOrHostId_isRefused() throws Exception {
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("format"), "version 1");
    obstructed("format is damaged");
    Files.writeString(directory().resolve("format"), new Format(1, Optional.empty()).text());
    Files.writeString(directory().resolve("host-id"), "?");
    obstructed("host-id is damaged");
  }

  @Test
  void join_anotherCluster_isRefusedAndUnchanged() throws Exception {
    try (var data = DataDirectory.open(directory(), () -> HOST)) {
      data.join(CLUSTER);
      var e = assertThrows(DaemonException.Obstructed.class, () -> data.join(OTHER_CLUSTER));
      assertTrue(String.valueOf(e.getMessage()).contains(CLUSTER.toString()));
    }
    assertTrue(text("format").contains(CLUSTER.toString()));
  }

  @Test
  void write_overAnExistingFile_replacesItForItsOwnerOnly() throws Exception {
    var file = temporary.resolve("token");
    SmallFile.write(file, "one");
    SmallFile.write(file, "two");
    assertEquals("two", Files.readString(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  private String text(String file) throws Exception {
    return Files.readString(directory().resolve(file));
  }

  private void obstructed(String expected) {
    var e =
        assertThrows(
            DaemonException.Obstructed.class, () -> DataDirectory.open(directory(), () -> HOST));
    assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
  }
}
