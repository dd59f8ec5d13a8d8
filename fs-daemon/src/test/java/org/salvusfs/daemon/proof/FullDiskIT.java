package org.salvusfs.daemon.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.stack.DevStack;

/**
 * Promise 10: the disk under packs, index and log fills up, again and again. Writers get ENOSPC;
 * what was synced before stays intact, also over kill -9; files can be deleted; once there is
 * space, work goes on by itself, and the check finds nothing.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-10")
class FullDiskIT {
  private static final int FILLS = 25;
  private static final Duration DEADLINE = Duration.ofMinutes(1);

  @TempDir Path directory;

  private final Random random = Proof.random();

  /** Files whose sync was acknowledged. */
  private final Map<Path, byte[]> synced = new LinkedHashMap<>();

  private int files;

  @Test
  void fullDisk_underPacksIndexAndLog_harmsNothing() throws Exception {
    fill(Proof.FULL ? FILLS : 2, 40, "txg:\n  interval: 1s\n", 300_000, "packs", "index", "log");
  }

  /** Commits are far apart, so that the log takes everything. */
  @Test
  void fullDisk_underTheLogAlone_harmsNothing() throws Exception {
    fill(
        Proof.FULL ? FILLS : 1,
        16,
        "txg:\n  interval: 10min\n  dirty-bytes: 512MiB\n",
        40_000,
        "log");
  }

  private void fill(int fills, int mebibytes, String settings, int bytesMax, String... directories)
      throws Exception {
    assumeTrue(SmallDisk.isPossible(), "only root can mount a small disk");
    try (var disk = SmallDisk.mount(directory.resolve("disk"), mebibytes);
        var stack = new DevStack(directory.resolve("stack"))) {
      stack.configure("cassandra:\n  local: yes\n" + settings);
      stack.start();
      assertEquals(0, stack.stop(), stack.errors());
      for (String name : directories) {
        disk.take(Layout.of(stack.data()).directory().resolve(name));
      }
      stack.start();
      for (int fill = 0; fill < fills; fill++) {
        writeUntilFull(stack, bytesMax);
        verify(stack);
        deleteSome(stack);
        if (fill % 2 == 1) {
          stack.killDaemon();
          disk.grow(mebibytes / 4);
          stack.start();
          verify(stack);
        } else {
          disk.grow(mebibytes / 4);
        }
        writeAgain(stack);
        verify(stack);
        var check = stack.run("check", "demo");
        assertEquals(0, check.exit(), check.output());
      }
      assertEquals(0, stack.stop(), stack.errors());
      stack.start();
      verify(stack);
      System.out.println(fills + " fills, " + synced.size() + " synced files intact");
    }
  }

  private void writeUntilFull(DevStack stack, int bytesMax) throws IOException {
    while (true) {
      try {
        write(stack, 1 + random.nextInt(bytesMax));
      } catch (IOException e) {
        assertTrue(Proof.isNoSpace(e), () -> e + "\n" + stack.errors());
        return;
      }
    }
  }

  private void write(DevStack stack, int length) throws IOException {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    Path name = Path.of("f" + files++);
    try (var channel =
        FileChannel.open(
            stack.home().resolve(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
      channel.force(true);
    }
    synced.put(name, bytes);
  }

  private void verify(DevStack stack) throws IOException {
    for (var file : synced.entrySet()) {
      byte[] bytes = Files.readAllBytes(stack.home().resolve(file.getKey()));
      assertArrayEquals(file.getValue(), bytes, () -> file.getKey() + "\n" + stack.errors());
    }
  }

  private void deleteSome(DevStack stack) throws IOException {
    for (Path name : new ArrayList<>(List.copyOf(synced.keySet()).subList(0, synced.size() / 4))) {
      Files.delete(stack.home().resolve(name));
      synced.remove(name);
    }
  }

  /** As soon as there is space, without a restart. */
  private void writeAgain(DevStack stack) throws InterruptedException {
    DevStack.await(DEADLINE, () -> isWritable(stack), stack::errors);
  }

  private boolean isWritable(DevStack stack) {
    try {
      write(stack, 5000);
      return true;
    } catch (IOException e) {
      assertTrue(Proof.isNoSpace(e), () -> e + "\n" + stack.errors());
      return false;
    }
  }
}
