package org.salvusfs.benchmarks.binding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.salvusfs.benchmarks.machine.Shell;

/** A candidate that runs and is mounted; closing unmounts it and waits for its end. */
final class Server implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 30;
  private static final long POLL_MILLIS = 20;

  /** The unit of process times in /proc: USER_HZ, which is 100 on every Linux that runs Java 25. */
  private static final double TICKS_PER_SECOND = 100;

  /** Places of utime and stime after the name of the process, which ends with a bracket. */
  private static final int UTIME = 11;

  private static final int STIME = 12;

  private final Process process;
  private final Path mountPoint;

  private Server(Process process, Path mountPoint) {
    this.process = process;
    this.mountPoint = mountPoint;
  }

  /**
   * Starts a candidate and waits until its filesystem can be used.
   *
   * @param mountPoint an empty directory
   */
  static Server start(Candidate candidate, Path mountPoint)
      throws IOException, InterruptedException {
    var words = new ArrayList<>(candidate.command());
    words.add(mountPoint.toString());
    Object device = Files.getAttribute(mountPoint, "unix:dev");
    var server = new Server(new ProcessBuilder(words).inheritIO().start(), mountPoint);
    long deadline = deadline();
    while (Files.getAttribute(mountPoint, "unix:dev").equals(device)) {
      if (!server.process.isAlive() || System.nanoTime() > deadline) {
        server.process.destroyForcibly().waitFor();
        throw new IOException(candidate.label() + " did not mount " + mountPoint);
      }
      Thread.sleep(POLL_MILLIS);
    }
    return server;
  }

  Path mountPoint() {
    return mountPoint;
  }

  /** Processor time of the process so far, in user and kernel mode. */
  double processorSeconds() throws IOException {
    String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME])) / TICKS_PER_SECOND;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    unmount();
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new IOException("the server of " + mountPoint + " did not end when it was unmounted");
    }
  }

  /** Others look at mounts too (df, desktops), and keep one busy for a moment. */
  private void unmount() throws IOException, InterruptedException {
    long deadline = deadline();
    while (true) {
      try {
        Shell.run(Path.of("/"), "umount", mountPoint.toString());
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw e;
        }
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static long deadline() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
  }
}
