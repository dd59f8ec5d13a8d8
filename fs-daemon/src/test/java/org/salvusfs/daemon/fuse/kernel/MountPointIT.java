package org.salvusfs.daemon.fuse.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fuse.Posix;
import org.salvusfs.daemon.fuse.Shell;

/** Where a mount is refused, and that a refusal changes nothing. */
@Timeout(120)
final class MountPointIT {
  @RegisterExtension final MountExtension mount = new MountExtension();

  private final MemoryFileSystem fs =
      new MemoryFileSystem(() -> System.currentTimeMillis() * 1_000_000);

  private void assertRefused(Path mountPoint, String why) throws Exception {
    var before = MountTable.read().on(mountPoint);
    MountException e =
        assertThrows(
            MountException.class,
            () -> FuseServer.mount(fs, mountPoint, MountExtension.options(), mount.listener()));
    String message = String.valueOf(e.getMessage());
    assertTrue(message.contains(why) && message.endsWith("."), message);
    assertEquals(before, MountTable.read().on(mountPoint));
    assertEquals(0, fs.destroyedCount());
  }

  @Test
  void mount_onMissingDirectory_isRefused(@TempDir Path directory) throws Exception {
    assertRefused(directory.resolve("missing"), "does not exist");
    assertRefused(directory.resolve("missing").resolve("deeper"), "does not exist");
  }

  @Test
  void mount_onFile_isRefused(@TempDir Path directory) throws Exception {
    assertRefused(Files.writeString(directory.resolve("f"), ""), "is not a directory");
  }

  @Test
  void mount_onNonEmptyDirectory_isRefused(@TempDir Path directory) throws Exception {
    Files.writeString(directory.resolve("f"), "");
    assertRefused(directory, "is not empty");
  }

  @Test
  void mount_onRoot_isRefused() throws Exception {
    assertRefused(Path.of("/"), "must not be the root directory");
  }

  @Test
  void mount_onOurOwnLiveMount_isRefused() throws Exception {
    mount.mount(fs);
    assertRefused(mount.directory(), "is in use");
    Files.writeString(mount.directory().resolve("f"), "still alive");
  }

  @Test
  void mount_onOtherFilesystem_isRefused() throws Exception {
    assertRefused(Path.of("/proc"), "proc is mounted there");
  }

  @Test
  void mount_throughSymbolicLink_isOnItsTarget(@TempDir Path directory) throws Exception {
    Path link = Files.createSymbolicLink(directory.resolve("link"), mount.directory());
    FuseServer server = FuseServer.mount(fs, link, MountExtension.options(), mount.listener());
    assertEquals(mount.directory().toRealPath(), server.mountPoint());
    server.unmount();
  }

  @Test
  void mount_onDirectoryWithSpaceAndUmlaut_works(@TempDir Path directory) throws Exception {
    Path odd = Files.createDirectory(directory.resolve("a b\\c-\u00e9"));
    FuseServer server = FuseServer.mount(fs, odd, MountExtension.options(), mount.listener());
    Files.writeString(odd.resolve("f"), "x");
    server.unmount();
  }

  @Test
  void mount_overMountOfKilledDaemon_removesItFirst() throws Exception {
    Process daemon =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-Xmx64m",
                "-cp",
                System.getProperty("java.class.path", ""),
                MemoryDaemon.class.getName(),
                mount.directory().toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertEquals(
        "mounted", new String(daemon.getInputStream().readNBytes(7), StandardCharsets.US_ASCII));
    Files.writeString(mount.directory().resolve("f"), "of the first daemon");
    daemon.destroyForcibly();
    assertTrue(daemon.waitFor(30, TimeUnit.SECONDS));
    Posix.Failed dead =
        assertThrows(Posix.Failed.class, () -> Posix.stat(mount.directory().resolve("g")));
    assertEquals(Libc.ENOTCONN, dead.errno());
    mount.mount(fs);
    assertEquals("", Shell.run(mount.directory(), "ls -A"));
  }
}
