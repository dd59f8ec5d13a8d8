package org.salvusfs.daemon.fuse.jnr;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.daemon.fuse.kernel.LiveMount;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.fuse.kernel.Options;

/** The options of a mount in the words of libfuse2's command line. */
final class MountArguments {
  /** What libfuse2 has room for in a request. */
  private static final int IO_BYTES_MAX = 1 << 17;

  private static final String FOREGROUND = "-f";

  private MountArguments() {}

  /**
   * Refuses what libfuse2 cannot do.
   *
   * @throws MountException if the options ask for the writeback cache
   */
  static void require(Options options) throws MountException {
    if (options.writebackCache()) {
      throw new MountException(
          "fuse.writeback needs the kernel binding, for libfuse2 has no writeback cache: set it to"
              + " no, or use --fuse kernel.");
    }
  }

  /** The whole command line; its first word is the program's name. */
  static String[] of(Path mountPoint, Options options) {
    return new String[] {
      "salvusfs", FOREGROUND, "-o", String.join(",", words(options)), mountPoint.toString()
    };
  }

  private static List<String> words(Options options) {
    var words =
        new ArrayList<>(
            List.of(
                "fsname=salvusfs",
                // The type in the mount table is fuse, a dot and this.
                "subtype=" + LiveMount.type().substring(LiveMount.type().indexOf('.') + 1),
                "default_permissions",
                "use_ino",
                "big_writes",
                "max_read=" + IO_BYTES_MAX,
                "max_readahead=" + (options.readAheadKib() << 10),
                // Nothing can be taken back, and to the kernel each name is an inode of its own.
                "entry_timeout=" + Math.min(1, options.entryLifetime().toSeconds()),
                "negative_timeout=0",
                "attr_timeout=0",
                options.allowSuid() ? "suid" : "nosuid",
                options.allowDevices() ? "dev" : "nodev"));
    if (options.allowOther()) {
      words.add("allow_other");
    }
    return words;
  }
}
