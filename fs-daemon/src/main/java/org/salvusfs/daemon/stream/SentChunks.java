package org.salvusfs.daemon.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.salvusfs.blockstore.api.BlockId;

/** The numbers of the last chunks that went into a stream. Of one thread. */
final class SentChunks {
  private final Map<BlockId, Long> numbers = new HashMap<>();
  private final Deque<BlockId> inOrder = new ArrayDeque<>();
  private long count;

  /** The chunk's number, or -1 if it was not sent, or too long ago. */
  long find(BlockId id) {
    return numbers.getOrDefault(id, -1L);
  }

  /** Gives the next number to a chunk that {@link #find} does not know. */
  long add(BlockId id) {
    if (inOrder.size() == Frames.WINDOW_CHUNKS) {
      numbers.remove(inOrder.remove());
    }
    inOrder.add(id);
    numbers.put(id, count);
    return count++;
  }

  long count() {
    return count;
  }
}
