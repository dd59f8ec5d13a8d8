package org.salvusfs.daemon.proof;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicInteger;

/** Overwrites a file with the next number and syncs it, again and again, also after errors. */
final class Overwriter implements Runnable {
  private final Path file;
  private volatile int issued;
  private volatile int acknowledged;
  private final AtomicInteger failures = new AtomicInteger();
  private volatile boolean stopping;

  Overwriter(Path file) {
    this.file = file;
  }

  /** Numbers have a fixed length, so that each replaces the one before. */
  static byte[] text(int number) {
    return "%09d".formatted(number).getBytes(StandardCharsets.US_ASCII);
  }

  static void write(FileChannel channel, int number) throws IOException {
    if (channel.write(ByteBuffer.wrap(text(number)), 0) != text(number).length) {
      throw new IOException("a short write");
    }
    channel.force(false);
  }

  void stop() {
    stopping = true;
  }

  /** The greatest number whose writing was begun. */
  int issued() {
    return issued;
  }

  /** The greatest number whose sync returned. */
  int acknowledged() {
    return acknowledged;
  }

  int failures() {
    return failures.get();
  }

  @Override
  public void run() {
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int number = 1; !stopping; number++) {
        issued = number;
        try {
          write(channel, number);
          acknowledged = number;
        } catch (IOException e) {
          failures.incrementAndGet();
        }
      }
    } catch (IOException e) {
      failures.incrementAndGet();
    }
  }
}
