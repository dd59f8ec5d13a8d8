package org.salvusfs.blockstore.index;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;

/**
 * An index in memory for simulations. It survives its {@link #close}; a {@link #crash} keeps any
 * prefix of the updates that were not flushed, which is what RocksDB without a log promises.
 */
public final class MemoryIndex implements ChunkIndex {
  private sealed interface Update {}

  private record Put(Map<BlockId, Location> entries) implements Update {}

  private record Remove(BlockId id) implements Update {}

  private record Cover(int pack, long dataEnd) implements Update {}

  private record Uncover(int pack) implements Update {}

  private Map<BlockId, Location> entries = new HashMap<>();
  private Map<Integer, Long> covered = new HashMap<>();
  private int highest;
  private final List<Update> updates = new ArrayList<>();

  @Override
  public synchronized @Nullable Location get(BlockId id) {
    return entries.get(id);
  }

  @Override
  public synchronized void put(Map<BlockId, Location> added) {
    update(new Put(Map.copyOf(added)));
  }

  @Override
  public synchronized void remove(BlockId id) {
    update(new Remove(id));
  }

  @Override
  public synchronized void cover(int pack, long dataEnd) {
    update(new Cover(pack, dataEnd));
  }

  @Override
  public synchronized void uncover(int pack) {
    update(new Uncover(pack));
  }

  @Override
  public synchronized long covered(int pack) {
    return covered.getOrDefault(pack, -1L);
  }

  @Override
  public synchronized int highestPack() {
    return highest;
  }

  @Override
  public synchronized void clear() {
    updates.clear();
    reset();
  }

  @Override
  public void close() {}

  /** Forgets all but a random prefix of the updates since the index was made or cleared. */
  public synchronized void crash(Random random) {
    List<Update> kept = List.copyOf(updates.subList(0, random.nextInt(updates.size() + 1)));
    updates.clear();
    reset();
    kept.forEach(this::update);
  }

  /** Number of blocks. */
  public synchronized int size() {
    return entries.size();
  }

  private void reset() {
    entries = new HashMap<>();
    covered = new HashMap<>();
    highest = 0;
  }

  private void update(Update update) {
    updates.add(update);
    switch (update) {
      case Put(Map<BlockId, Location> added) -> {
        entries.putAll(added);
        added.values().forEach(at -> highest = Math.max(highest, at.pack()));
      }
      case Remove(BlockId id) -> entries.remove(id);
      case Cover(int pack, long dataEnd) -> {
        covered.put(pack, dataEnd);
        highest = Math.max(highest, pack);
      }
      case Uncover(int pack) -> covered.remove(pack);
    }
  }
}
