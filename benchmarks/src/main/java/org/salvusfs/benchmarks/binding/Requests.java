package org.salvusfs.benchmarks.binding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import org.salvusfs.benchmarks.machine.Shell;

/** What is asked of a mounted filesystem. */
enum Requests {
  /** Attributes of a file by its name: the kernel looks the name up each time. */
  STAT {
    @Override
    void run(Path mountPoint, int count) throws IOException {
      for (int i = 0; i < count; i++) {
        Files.getAttribute(
            mountPoint.resolve("file-" + i % FILES), "unix:ino", LinkOption.NOFOLLOW_LINKS);
      }
    }
  },

  /** 4 KiB of a file, past the page cache. */
  READ_4K {
    @Override
    void run(Path mountPoint, int count) throws IOException, InterruptedException {
      for (int left = count; left > 0; left -= PAGES) {
        Shell.run(
            mountPoint,
            "dd",
            "if=" + BIG,
            "of=/dev/null",
            "bs=" + PAGE_BYTES,
            "count=" + Math.min(left, PAGES),
            "iflag=direct");
      }
    }
  };

  private static final int FILES = 1000;
  private static final int PAGES = 16_384;
  private static final int PAGE_BYTES = 4096;
  private static final String BIG = "big";

  /** Asks so many times. */
  abstract void run(Path mountPoint, int count) throws IOException, InterruptedException;

  /** The row's name. */
  String label() {
    return this == STAT ? "stat" : "read-4k";
  }

  /** Makes the files that the requests are about. */
  static void prepare(Path mountPoint) throws IOException {
    for (int i = 0; i < FILES; i++) {
      Files.createFile(mountPoint.resolve("file-" + i));
    }
    Files.write(mountPoint.resolve(BIG), new byte[PAGES * PAGE_BYTES]);
  }
}
