package org.salvusfs.daemon.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The harness itself: on a local disk nothing is lost, and what is taken away is found. */
class CrashVerifierTest {
  @TempDir Path directory;

  private CrashLoad load(long seed, int operations) {
    var clock = new AtomicLong();
    var load =
        new CrashLoad(new PathTarget(directory), seed, clock) {
          @Override
          boolean goesOn() {
            return journal().size() < operations;
          }
        };
    load.run();
    assertEquals(null, load.end(), "seed " + seed);
    return load;
  }

  private Path anyFile() throws IOException {
    try (var list = Files.list(directory)) {
      return list.filter(path -> Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS))
          .filter(path -> path.toFile().length() > 0)
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void verify_nothingLost_findsNothing() throws IOException {
    var load = load(1, 1500);
    assertEquals(List.of(), new CrashVerifier(List.of(load)).verify());
  }

  @Test
  void verify_nameGone_isFound() throws IOException {
    var load = load(2, 600);
    Files.delete(anyFile());
    assertFalse(new CrashVerifier(List.of(load)).verify().isEmpty());
  }

  @Test
  void verify_byteZeroed_isFound() throws IOException {
    var load = load(3, 600);
    try (var channel = FileChannel.open(anyFile(), StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[1]), channel.size() - 1);
    }
    assertFalse(new CrashVerifier(List.of(load)).verify().isEmpty());
  }

  @Test
  void verify_fileEmptied_isFound() throws IOException {
    var load = load(4, 600);
    for (int i = 0; i < 5; i++) {
      try (var channel = FileChannel.open(anyFile(), StandardOpenOption.WRITE)) {
        channel.truncate(0);
      }
    }
    assertFalse(new CrashVerifier(List.of(load)).verify().isEmpty());
  }
}
