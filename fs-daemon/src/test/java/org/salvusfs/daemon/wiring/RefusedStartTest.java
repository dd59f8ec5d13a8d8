package org.salvusfs.daemon.wiring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.KeyFile;
import org.salvusfs.daemon.config.ConfigFile;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.datadir.DataDirectory;
import org.salvusfs.daemon.management.DaemonException;

/** Whatever is in the way is one sentence, before anything is started; and nothing has changed. */
final class RefusedStartTest {
  @TempDir private Path temporary = Path.of("");
  private Path data = Path.of("");
  private Path mount = Path.of("");

  @BeforeEach
  void directories() throws Exception {
    temporary = temporary.toRealPath();
    data = temporary.resolve("data");
    mount = temporary.resolve("mount");
  }

  private DaemonConfig config(String more) throws DaemonException {
    var text = "data: %s\nmount: %s\ncassandra:\n  local: yes\n%s".formatted(data, mount, more);
    return ConfigFile.parse(text, temporary.resolve("salvus.yaml"));
  }

  /** What is below the temporary directory, with contents' lengths. */
  private List<String> listing() throws Exception {
    try (var all = Files.walk(temporary)) {
      return all.map(file -> file + " " + file.toFile().length()).sorted().toList();
    }
  }

  private <E extends DaemonException> void refused(Class<E> type, String more, String expected)
      throws Exception {
    var before = listing();
    var config = config(more);
    var e = assertThrows(type, () -> DaemonStart.start(config, step -> {}));
    assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
    assertEquals(1, String.valueOf(e.getMessage()).lines().count());
    assertEquals(before, listing());
  }

  @Test
  void start_withWhatLibfuse2CannotDo_isRefused() throws Exception {
    var more = "fuse:\n  binding: jnr\n  writeback: yes\n";
    refused(DaemonException.Obstructed.class, more, "needs the kernel binding");
  }

  @Test
  void start_nonEmptyMountPoint_isRefused() throws Exception {
    assumeFuse();
    Files.createDirectories(mount.resolve("thesis"));
    refused(DaemonException.Obstructed.class, "", "is not empty");
  }

  @Test
  void start_mountPointThatIsAFile_isRefused() throws Exception {
    assumeFuse();
    Files.writeString(mount, "x");
    refused(DaemonException.Obstructed.class, "", "is not a directory");
  }

  @Test
  void start_mountPointBelowNothing_isRefused() throws Exception {
    mount = temporary.resolve("no/such/place");
    refused(DaemonException.Obstructed.class, "", mount.toString());
  }

  @Test
  void start_takenPort_isRefused() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      refused(
          DaemonException.Obstructed.class,
          "control:\n  port: " + taken.getLocalPort() + "\n",
          "port " + taken.getLocalPort());
    }
  }

  @Test
  void start_directoryOfSomethingElse_isRefused() throws Exception {
    Files.createDirectories(data.resolve("thesis"));
    refused(DaemonException.Obstructed.class, "", "holds other things");
  }

  @Test
  void start_newerDataDirectory_isRefused() throws Exception {
    Files.createDirectories(data);
    Files.writeString(data.resolve("format"), "salvusfs data directory\nversion: 99\n");
    refused(DaemonException.Obstructed.class, "", "has format 99");
  }

  @Test
  void start_dataDirectoryInUse_isRefused() throws Exception {
    try (var inUse = DataDirectory.open(data, () -> new UUID(1, 2))) {
      refused(DaemonException.AlreadyRunning.class, "", inUse.layout().directory().toString());
    }
  }

  @Test
  void start_keyFile_damagedExposedOrLocked_isRefused() throws Exception {
    var key = data.resolve("cluster.key");
    try (var made = DataDirectory.open(data, () -> new UUID(1, 2))) {
      new KeyFile(made.layout().clusterKey()).create(new SecureRandom(), "right".toCharArray());
    }
    refused(DaemonException.Obstructed.class, "", "--passphrase-file");
    var wrong = Files.writeString(temporary.resolve("wrong"), "wrong\n");
    refused(DaemonException.Obstructed.class, "passphrase-file: " + wrong + "\n", "passphrase");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    refused(DaemonException.Obstructed.class, "", "chmod 600");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(key, "secret");
    refused(DaemonException.Obstructed.class, "", "key file");
  }

  @Test
  void start_passphraseForAnOpenKey_isRefused() throws Exception {
    try (var made = DataDirectory.open(data, () -> new UUID(1, 2))) {
      new KeyFile(made.layout().clusterKey()).create(new SecureRandom(), null);
    }
    var passphrase = Files.writeString(temporary.resolve("passphrase"), "x\n");
    refused(
        DaemonException.Obstructed.class,
        "passphrase-file: " + passphrase + "\n",
        "not protected by a passphrase");
  }

  private static void assumeFuse() {
    assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "no /dev/fuse here");
  }
}
