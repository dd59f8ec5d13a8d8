package org.salvusfs.daemon.processors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The wish that idle processors answer at once, which makes them poll instead of halt. It holds
 * while a file is open, so it ends with the process at the latest. For one thread at a time.
 *
 * @see "linux: Documentation/power/pm_qos_interface.rst"
 */
final class WakeLatency {
  private final Path device;
  private @Nullable FileChannel open;

  /**
   * @param device {@code /dev/cpu_dma_latency}
   */
  WakeLatency(Path device) {
    this.device = device;
  }

  /** Wishes for it; does nothing if it is wished for already. */
  void hold() throws IOException {
    if (open != null) {
      return;
    }
    var channel = FileChannel.open(device, StandardOpenOption.WRITE);
    try {
      channel.write(ByteBuffer.allocate(Integer.BYTES)); // microseconds: none
    } catch (IOException e) {
      try (channel) {
        throw e;
      }
    }
    open = channel;
  }

  /** Takes the wish back, if there is one. */
  void release() throws IOException {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
