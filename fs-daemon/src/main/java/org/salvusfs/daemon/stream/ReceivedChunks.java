package org.salvusfs.daemon.stream;

import java.util.Arrays;
import org.salvusfs.blockstore.api.BlockId;

/** What the last chunks of a stream are called here. Of one thread. */
final class ReceivedChunks {
  private static final int FIRST_SLOTS = 64;

  /** A chunk that was put. */
  record Put(BlockId id, int bytes) {}

  /** Grows until it has a slot for each number of the window. */
  private Put[] slots = new Put[FIRST_SLOTS];

  private long count;

  void add(Put put) {
    if (count == slots.length && slots.length < Frames.WINDOW_CHUNKS) {
      slots = Arrays.copyOf(slots, 2 * slots.length);
    }
    slots[slot(count)] = put;
    count++;
  }

  private int slot(long number) {
    return (int) (number % slots.length);
  }

  /**
   * The chunk with a number.
   *
   * @throws StreamException if the stream has not brought it, or too long ago
   */
  Put get(long number) throws StreamException {
    if (number < 0 || number >= count || number < count - Frames.WINDOW_CHUNKS) {
      throw StreamException.damaged("it refers to contents that it did not bring");
    }
    return slots[slot(number)];
  }

  long count() {
    return count;
  }
}
