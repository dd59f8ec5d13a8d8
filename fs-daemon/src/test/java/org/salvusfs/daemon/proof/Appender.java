package org.salvusfs.daemon.proof;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Appends numbered lines to a file until it is told to stop, syncs now and then, and goes on after
 * errors. It keeps account of what was acknowledged. One thread runs it; the others read.
 */
final class Appender implements Runnable {
  private static final int LINES_PER_SYNC = 4;
  private static final int LINE_BYTES = 10;

  private final Path file;
  private final LongSupplier nanoClock;

  // Written by the running thread only; guarded by this.
  private final List<Integer> acknowledged = new ArrayList<>();
  private final List<String> violations = new ArrayList<>();
  private int synced;
  private long shortestFailureNanos = Long.MAX_VALUE;
  private long failures;

  private volatile boolean stopping;

  Appender(Path file, LongSupplier nanoClock) {
    this.file = file;
    this.nanoClock = nanoClock;
  }

  void stop() {
    stopping = true;
  }

  /** How often a sync has returned, for those who wait for progress. */
  synchronized int synced() {
    return synced;
  }

  /** How many operations failed. */
  synchronized long failures() {
    return failures;
  }

  /** How long the operation took that failed the soonest; huge if none failed. */
  synchronized long shortestFailureNanos() {
    return shortestFailureNanos;
  }

  @Override
  public void run() {
    try (var channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      for (int line = 0; !stopping; line++) {
        byte[] bytes = "%09d\n".formatted(line).getBytes(StandardCharsets.US_ASCII);
        if (attempt(() -> write(channel, bytes))) {
          acknowledge(line);
        }
        if (line % LINES_PER_SYNC == 0) {
          int covered = acknowledged();
          if (attempt(() -> channel.force(false))) {
            sync(covered);
          }
        }
      }
    } catch (IOException e) {
      violate("opening or closing " + file + ": " + e);
    }
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    int written = channel.write(ByteBuffer.wrap(bytes));
    if (written != bytes.length) {
      throw new IOException("a short write of " + written);
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  private boolean attempt(Step step) {
    long start = nanoClock.getAsLong();
    try {
      step.run();
      return true;
    } catch (IOException e) {
      fail(e, nanoClock.getAsLong() - start);
      return false;
    }
  }

  private synchronized void fail(IOException e, long nanos) {
    failures++;
    shortestFailureNanos = Math.min(shortestFailureNanos, nanos);
    if (!Proof.isEio(e)) {
      violate(file + " failed otherwise than by EIO: " + e);
    }
  }

  private synchronized void violate(String what) {
    violations.add(what);
  }

  private synchronized void acknowledge(int line) {
    acknowledged.add(line);
  }

  private synchronized int acknowledged() {
    return acknowledged.size();
  }

  private int syncedLines;

  private synchronized void sync(int covered) {
    syncedLines = covered;
    synced++;
  }

  /**
   * What the file says against the account: acknowledged lines are there once and in order, all of
   * them or, after a crash, at least those that were synced; lines that failed are there at most
   * once.
   *
   * @param crashed whether what was not synced may be missing
   */
  synchronized List<String> verify(boolean crashed) throws IOException {
    var found = new ArrayList<>(violations);
    byte[] bytes = Files.readAllBytes(file);
    if (bytes.length % LINE_BYTES != 0) {
      found.add(file + " has " + bytes.length + " bytes: a part of a line");
    }
    int last = -1;
    int seen = 0;
    for (int at = 0; at + LINE_BYTES <= bytes.length; at += LINE_BYTES) {
      String text = new String(bytes, at, LINE_BYTES - 1, StandardCharsets.US_ASCII);
      int line = Integer.parseInt(text);
      if (line <= last) {
        found.add(file + ": line " + line + " comes behind " + last);
      }
      if (seen < acknowledged.size()) {
        int next = acknowledged.get(seen);
        if (line == next) {
          seen++;
        } else if (line > next) {
          found.add(file + ": line " + next + " was acknowledged and is missing");
          seen++;
        }
      }
      last = line;
    }
    int owed = crashed ? syncedLines : acknowledged.size();
    if (seen < owed) {
      found.add("%s: %d of %d lines are there".formatted(file, seen, owed));
    }
    return found;
  }
}
