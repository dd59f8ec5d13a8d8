package org.salvusfs.blockstore.pack;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Marks;
import org.salvusfs.blockstore.index.Location;

/**
 * What a sweep is about to take, and how it and those who ask for chunks see each other: see {@link
 * org.salvusfs.blockstore.api.Sweep}. A chunk is condemned in one place; the same chunk stored
 * again in another is not. Thread-safe; takes no lock.
 */
final class Condemned {
  private final ConcurrentMap<BlockId, Location> places = new ConcurrentHashMap<>();

  /** Where the chunks that are asked for are marked; null if no sweep is under way. */
  private volatile @Nullable Marks marks;

  void begin(Marks newMarks) {
    marks = newMarks;
  }

  void end() {
    marks = null;
    places.clear();
  }

  boolean isUnderWay() {
    return marks != null;
  }

  /** Somebody is about to refer to the chunk. Call before looking for it. */
  void asked(BlockId id) {
    Marks present = marks;
    if (present != null) {
      present.add(id);
    }
  }

  /** Whether the chunk is about to be taken from there. */
  boolean isTaken(BlockId id, Location at) {
    return at.equals(places.get(id));
  }

  /** Condemns a chunk unless somebody asked for it; false if it is to be spared. */
  boolean take(BlockId id, Location at, Marks asked) {
    places.put(id, at);
    if (asked.mayContain(id)) {
      places.remove(id);
      return false;
    }
    return true;
  }

  /** Forgets chunks that are gone, or that stay after all. */
  void forget(Collection<BlockId> ids) {
    places.keySet().removeAll(ids);
  }
}
