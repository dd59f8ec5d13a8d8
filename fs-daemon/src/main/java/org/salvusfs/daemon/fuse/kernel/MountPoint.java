package org.salvusfs.daemon.fuse.kernel;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.posix.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A directory to mount on, and the mount(2) and umount2(2) of it.
 *
 * @param path absolute, without symbolic links
 */
record MountPoint(Path path) {
  /** The type in the mount table. The kernel's type is what stands before the dot. */
  static final String TYPE = "fuse.salvusfs";

  private static final Logger LOG = LoggerFactory.getLogger(MountPoint.class);
  private static final String SOURCE = "salvusfs";
  private static final Path PROCESS_STATUS = Path.of("/proc/self/status");
  private static final String EFFECTIVE_CAPABILITIES = "CapEff:";

  /** Number of the capability that mount(2) wants, see capabilities(7). */
  private static final int CAP_SYS_ADMIN = 21;

  /** Dead mounts may lie upon each other; more than this many are somebody else's mistake. */
  private static final int DEAD_MOUNTS_MAX = 100;

  /**
   * Checks that a directory can be mounted on. A dead mount of ours, left by a killed daemon, is
   * unmounted first; nothing else is changed.
   *
   * @throws MountException with the reason if it cannot
   */
  static MountPoint prepare(Path directory) throws MountException {
    Path path = resolve(directory);
    clearDeadMounts(path);
    if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new MountException(
          "The mount point " + path + " does not exist: create it with 'mkdir -p'.");
    }
    if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      throw new MountException("The mount point " + path + " is not a directory.");
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
      if (entries.iterator().hasNext()) {
        throw new MountException(
            "The mount point " + path + " is not empty: mounting would hide what is in it.");
      }
    } catch (IOException e) {
      throw new MountException("The mount point " + path + " cannot be read: " + e + ".", e);
    }
    return new MountPoint(path);
  }

  /**
   * The path without symbolic links; its last name is not looked at, for it may be a dead mount.
   */
  private static Path resolve(Path directory) throws MountException {
    Path absolute = directory.toAbsolutePath().normalize();
    Path parent = absolute.getParent();
    if (parent == null) {
      throw new MountException("The mount point must not be the root directory.");
    }
    try {
      Path resolved = parent.toRealPath().resolve(absolute.getFileName());
      return Files.isSymbolicLink(resolved) ? resolved.toRealPath() : resolved;
    } catch (IOException e) {
      throw new MountException(
          "The mount point " + absolute + " does not exist: create it with 'mkdir -p'.", e);
    }
  }

  private static void clearDeadMounts(Path path) throws MountException {
    for (int i = 0; i < DEAD_MOUNTS_MAX; i++) {
      var row = table().on(path);
      if (row.isEmpty()) {
        return;
      }
      if (!row.get().type().equals(TYPE) || !isDead(path)) {
        throw new MountException(
            "The mount point %s is in use: a filesystem of type %s is mounted there."
                .formatted(path, row.get().type()));
      }
      LOG.info("Unmounting {}, left there by a daemon that was killed", path);
      int result = new MountPoint(path).detach();
      if (result < 0) {
        throw new MountException(
            "The mount point %s holds a dead mount that cannot be removed: %s; try 'umount -l %s'."
                .formatted(path, Native.message(-result), path));
      }
    }
    throw new MountException("The mount point " + path + " holds too many dead mounts.");
  }

  private static boolean isDead(Path path) {
    int result = Libc.statfs(path.toString());
    return result == -Libc.ENOTCONN || result == -Libc.ECONNABORTED;
  }

  /** Mounts here; through fusermount3 if this process is not root. Returns the open device. */
  Device mount(Options options) throws MountException {
    requireRight();
    if (Fusermount.isNeeded()) {
      return Fusermount.mount(path, options);
    }
    Device device = Device.open();
    try {
      mount(device, options);
      return device;
    } catch (MountException | RuntimeException | Error e) {
      device.close();
      throw e;
    }
  }

  private void mount(Device device, Options options) throws MountException {
    long flags =
        (options.allowSuid() ? 0 : Libc.MS_NOSUID) | (options.allowDevices() ? 0 : Libc.MS_NODEV);
    int result = Libc.mount(SOURCE, path.toString(), TYPE, flags, data(device, options));
    if (result == -Errno.EPERM.code() || result == -Errno.EACCES.code()) {
      throw mayNotMount();
    }
    if (result < 0) {
      throw new MountException("Mounting " + path + " failed: " + Native.message(-result) + ".");
    }
  }

  /** The row of the mount table that belongs to a mount of ours here. */
  MountTable.Row mounted() throws MountException {
    return table()
        .on(path)
        .filter(row -> row.type().equals(TYPE))
        .orElseThrow(() -> new MountException("The mount on " + path + " has gone."));
  }

  /** Checks that this process may mount at all. */
  void requireRight() throws MountException {
    if (Fusermount.isNeeded()) {
      Fusermount.find();
      return;
    }
    if (!hasRight()) {
      throw mayNotMount();
    }
  }

  /** Root in a container lacks the right unless it was given. */
  private static boolean hasRight() throws MountException {
    try (var lines = Files.lines(PROCESS_STATUS, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.startsWith(EFFECTIVE_CAPABILITIES))
          .map(line -> line.substring(EFFECTIVE_CAPABILITIES.length()).strip())
          .allMatch(mask -> (Long.parseUnsignedLong(mask, 16) >>> CAP_SYS_ADMIN & 1) != 0);
    } catch (IOException e) {
      throw new MountException(PROCESS_STATUS + " cannot be read: " + e + ".", e);
    }
  }

  private MountException mayNotMount() {
    return new MountException(
        "This user may not mount %s: run as root, in a container with --cap-add SYS_ADMIN."
            .formatted(path));
  }

  private static String data(Device device, Options options) {
    return "fd=%d,rootmode=40000,user_id=%d,group_id=%d,default_permissions,max_read=%d%s"
        .formatted(
            device.descriptor(),
            Libc.effectiveUid(),
            Libc.effectiveGid(),
            Abi.IO_BYTES_MAX,
            options.allowOther() ? ",allow_other" : "");
  }

  /** Unmounts if nobody uses it; 0 or a negative errno. Blocks while fusermount3 runs. */
  int unmount() {
    return Fusermount.isNeeded()
        ? Fusermount.unmount(path, false)
        : Libc.umount(path.toString(), 0);
  }

  /** Takes the mount out of the tree; it ends when the last user lets go. 0 or a negative errno. */
  int detach() {
    return Fusermount.isNeeded()
        ? Fusermount.unmount(path, true)
        : Libc.umount(path.toString(), Libc.MNT_DETACH);
  }

  /** Whether the topmost mount here is the one that {@link #mount} made. */
  boolean holds(MountTable.Row mounted) {
    try {
      return table().on(path).filter(mounted::equals).isPresent();
    } catch (MountException e) {
      LOG.warn("Whether {} is still mounted is unknown", path, e);
      return false;
    }
  }

  private static MountTable table() throws MountException {
    try {
      return MountTable.read();
    } catch (IOException e) {
      throw new MountException("The table of mounts cannot be read: " + e + ".", e);
    }
  }
}
