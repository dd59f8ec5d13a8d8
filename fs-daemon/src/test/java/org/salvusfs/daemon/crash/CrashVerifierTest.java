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
import java.util.ArrayList;
import java.util.Arrays;
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

  /** A write of two pages and a bit to a file of one byte. */
  private static final Op.Write LONG_WRITE = new Op.Write(0, 1, ones(9000));

  @Test
  void verify_writeCutWhereAPageEnds_isAStateBetweenTwoRequests() throws IOException {
    for (int bytes : List.of(1, 4096, 8192, 9001)) {
      assertEquals(List.of(), verifyFile(ones(bytes), unsynced()), bytes + " bytes");
    }
  }

  @Test
  void verify_writeCutInsideAPage_isFound() throws IOException {
    for (int bytes : List.of(2, 4095, 4097, 9000)) {
      assertFalse(verifyFile(ones(bytes), unsynced()).isEmpty(), bytes + " bytes");
    }
  }

  @Test
  void verify_writeCutWhereAPageEndsAfterItsFsync_isFound() throws IOException {
    var journal = new ArrayList<>(unsynced());
    journal.add(finished(new Op.Fsync(0), 4));
    assertFalse(verifyFile(ones(4096), journal).isEmpty());
    assertEquals(List.of(), verifyFile(ones(9001), journal));
  }

  @Test
  void verify_pageOfZerosWhereAWriteWasCut_isFound() throws IOException {
    assertFalse(verifyFile(Arrays.copyOf(ones(4096), 8192), unsynced()).isEmpty());
  }

  private List<String> verifyFile(byte[] contents, List<Journaled> journal) throws IOException {
    Files.write(directory.resolve("a"), contents);
    return new CrashVerifier(List.of(new Log(new PathTarget(directory), journal))).verify();
  }

  private static List<Journaled> unsynced() {
    return List.of(
        finished(new Op.Create("a", 0), 1),
        finished(new Op.Write(0, 0, ones(1)), 2),
        finished(LONG_WRITE, 3));
  }

  private static byte[] ones(int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, (byte) 1);
    return bytes;
  }

  /** Two threads in a row: what the second began after the first had finished needs the first. */
  @Test
  void verify_laterWorkOfAnotherThreadWithoutEarlierWork_isFound() throws IOException {
    var first = threadOf("first", finished(new Op.Create("a", 0), 1));
    var second = threadOf("second", finished(new Op.Create("b", 0), 2));
    Files.createFile(second.target().directory().resolve("b"));
    assertFalse(new CrashVerifier(List.of(first, second)).verify().isEmpty());
    Files.createFile(first.target().directory().resolve("a"));
    assertEquals(List.of(), new CrashVerifier(List.of(first, second)).verify());
  }

  /** Made and removed again, or never made: both explain an empty directory. */
  @Test
  void verify_workWithoutATrace_saysNothingAboutOtherThreads() throws IOException {
    var first =
        threadOf(
            "first",
            finished(new Op.Mkdir("a"), 1),
            finished(new Op.Remove("a"), 3),
            finished(new Op.Mkdir("c"), 5));
    var second = threadOf("second", finished(new Op.Mkdir("b"), 4));
    assertEquals(List.of(), new CrashVerifier(List.of(first, second)).verify());
    Files.createDirectory(second.target().directory().resolve("b"));
    assertEquals(List.of(), new CrashVerifier(List.of(first, second)).verify());
    Files.createDirectory(first.target().directory().resolve("c"));
    Files.delete(second.target().directory().resolve("b"));
    assertFalse(new CrashVerifier(List.of(first, second)).verify().isEmpty());
  }

  /** A thread's log, and the directory it worked in. */
  private record Log(PathTarget target, List<Journaled> journal) implements Recorded {}

  private Log threadOf(String name, Journaled... journal) throws IOException {
    var home = Files.createDirectory(directory.resolve(name));
    return new Log(new PathTarget(home), List.of(journal));
  }

  /** An operation that was finished before the one of the next moment began. */
  private static Journaled finished(Op op, int moment) {
    var entry = new Journaled(op, 2L * moment);
    entry.finished = 2L * moment + 1;
    return entry;
  }
}
