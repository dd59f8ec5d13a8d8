package org.salvusfs.daemon.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk that is soon full: a tmpfs, which can grow. Needs the right to mount. */
final class SmallDisk implements AutoCloseable {
  private final Path directory;
  private int mebibytes;

  private SmallDisk(Path directory, int mebibytes) {
    this.directory = directory;
    this.mebibytes = mebibytes;
  }

  /** Whether this process may mount. */
  static boolean isPossible() throws IOException {
    return (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0;
  }

  static SmallDisk mount(Path directory, int mebibytes) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    run("mount", "-t", "tmpfs", "-o", "size=" + mebibytes + "m", "tmpfs", directory.toString());
    return new SmallDisk(directory, mebibytes);
  }

  void grow(int moreMebibytes) throws IOException, InterruptedException {
    mebibytes += moreMebibytes;
    run("mount", "-o", "remount,size=" + mebibytes + "m", directory.toString());
  }

  /** Moves a directory onto the disk; a link stays in its place. */
  void take(Path from) throws IOException, InterruptedException {
    Path to = directory.resolve(from.getFileName());
    run("cp", "-a", from.toString(), to.toString());
    run("rm", "-r", from.toString());
    Files.createSymbolicLink(from, to);
  }

  @Override
  public void close() throws IOException, InterruptedException {
    run("umount", "-l", directory.toString());
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int exit = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (exit != 0) {
      throw new IOException(String.join(" ", command) + " ended with " + exit);
    }
  }
}
