package org.salvusfs.daemon.processors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class AwakeProcessorsTest {
  private static final Path DEVICE = Path.of("/dev/cpu_dma_latency");

  @TempDir Path directory;

  @Test
  void traffic_holdsTheDevice_andItsEndReleasesIt() throws Exception {
    Assumptions.assumeTrue(Files.isWritable(DEVICE), DEVICE + " is not for this user");
    Assumptions.assumeTrue(wished() != 0, "somebody else keeps the processors awake");
    try (var awake = new AwakeProcessors(new WakeLatency(DEVICE), Thread::new)) {
      for (int burst = 0; burst < 3; burst++) {
        while (wished() != 0) {
          awake.served();
        }
        while (wished() == 0) {
          Thread.onSpinWait(); // nobody is served
        }
      }
    }
  }

  @Test
  void close_duringTraffic_releasesTheDevice() throws Exception {
    Assumptions.assumeTrue(Files.isWritable(DEVICE), DEVICE + " is not for this user");
    Assumptions.assumeTrue(wished() != 0, "somebody else keeps the processors awake");
    var awake = new AwakeProcessors(new WakeLatency(DEVICE), Thread::new);
    while (wished() != 0) {
      awake.served();
    }
    awake.close();
    assertTrue(wished() != 0);
  }

  @Test
  void deviceThatCannotBeOpened_endsTheThread_andServingGoesOn() throws Exception {
    var threads = new Thread[1];
    var missing = new WakeLatency(directory.resolve("missing"));
    try (var awake =
        new AwakeProcessors(missing, body -> threads[0] = new Thread(body, "watcher"))) {
      while (threads[0].isAlive()) {
        awake.served();
      }
      awake.served();
    }
    assertFalse(threads[0].isAlive());
  }

  /** The smallest latency that anybody on this machine wishes for, in microseconds. */
  private static int wished() throws IOException {
    var number = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.nativeOrder());
    try (var channel = FileChannel.open(DEVICE)) {
      assertEquals(Integer.BYTES, channel.read(number));
    }
    return number.getInt(0);
  }
}
