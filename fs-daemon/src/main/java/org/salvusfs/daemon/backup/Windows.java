package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.bucket.Bucket;

/**
 * Reads objects of a bucket in windows, the last of which are kept: blocks that were put one after
 * the other are mostly wanted one after the other. What is longer than a window is read at once.
 * Thread-safe; at most {@value #WINDOWS_MAX} windows are held.
 */
final class Windows {
  private static final int WINDOWS_MAX = 16;

  private record Place(String object, long number) {}

  private final Bucket bucket;
  private final int windowBytes;
  private final ReentrantLock lock = new ReentrantLock();
  private final LinkedHashMap<Place, byte[]> kept = new LinkedHashMap<>(16, 0.75f, true);

  Windows(Bucket bucket, int windowBytes) {
    this.bucket = bucket;
    this.windowBytes = windowBytes;
  }

  /**
   * Copies some of the bytes at {@code position}, at least one.
   *
   * @param length of the object
   * @param wanted not beyond the object's end
   * @return how many
   */
  int copy(String object, long length, ByteBuffer into, long position, int wanted)
      throws IOException {
    if (wanted > windowBytes) {
      into.put(bucket.get(object, position, wanted));
      return wanted;
    }
    var place = new Place(object, position / windowBytes);
    byte[] window = kept(place);
    if (window == null) {
      long from = place.number() * windowBytes;
      window = bucket.get(object, from, (int) Math.min(windowBytes, length - from));
      keep(place, window);
    }
    int offset = (int) (position % windowBytes);
    int bytes = Math.min(wanted, window.length - offset);
    into.put(window, offset, bytes);
    return bytes;
  }

  private byte @Nullable [] kept(Place place) {
    lock.lock();
    try {
      return kept.get(place);
    } finally {
      lock.unlock();
    }
  }

  private void keep(Place place, byte[] window) {
    lock.lock();
    try {
      kept.put(place, window);
      while (kept.size() > WINDOWS_MAX) {
        Map.Entry<Place, byte[]> oldest = kept.firstEntry();
        kept.remove(oldest.getKey());
      }
    } finally {
      lock.unlock();
    }
  }
}
