package org.salvusfs.blockstore.disk;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.LongStream;

/** A file of a {@link SimulatedDisk}: what is read, what is durable, and every state in between. */
final class SimulatedContents {
  /** The atom of a medium: a sector. */
  static final int UNIT_BYTES = 512;

  /** What a unit held from a step on. */
  private record Version(long step, byte[] bytes) {}

  private record Length(long step, int bytes) {}

  private byte[] live = new byte[0];
  private int size;
  private byte[] durable = new byte[0];
  private int durableSize;

  /** Versions of each unit that may reach the medium instead of the durable one, oldest first. */
  private final Map<Integer, List<Version>> versions = new HashMap<>();

  private final List<Length> lengths = new ArrayList<>();

  /** Units that the next sync writes. */
  private final BitSet dirty = new BitSet();

  long size() {
    return size;
  }

  byte[] bytes() {
    return Arrays.copyOf(live, size);
  }

  int read(ByteBuffer into, long position) {
    int count = (int) Math.max(0, Math.min(into.remaining(), size - position));
    if (count > 0) {
      into.put(live, (int) position, count);
    }
    return count;
  }

  void write(ByteBuffer from, long position, long step) {
    int count = from.remaining();
    if (count == 0) {
      return;
    }
    int start = Math.toIntExact(position);
    int end = Math.addExact(start, count);
    grow(end);
    from.get(live, start, count);
    touch(Math.min(start, size), end, step);
    if (end > size) {
      resize(end, step);
    }
  }

  void lengthen(long bytes, long step) {
    if (bytes > size) {
      int end = Math.toIntExact(bytes);
      grow(end);
      touch(size, end, step);
      resize(end, step);
    }
  }

  void truncate(long bytes, long step) {
    if (bytes >= size) {
      return;
    }
    int end = size;
    int start = Math.toIntExact(bytes);
    Arrays.fill(live, start, end, (byte) 0);
    touch(start, end, step);
    resize(start, step);
  }

  void sync() {
    growDurable();
    dirty.stream()
        .forEach(
            unit -> {
              System.arraycopy(live, unit * UNIT_BYTES, durable, unit * UNIT_BYTES, UNIT_BYTES);
              versions.remove(unit);
            });
    dirty.clear();
    durableSize = size;
    lengths.clear();
  }

  /** The pages count as clean from now on, though nobody knows what became of them. */
  void failSync() {
    dirty.clear();
  }

  void flipBit(long bit) {
    growDurable();
    int index = Math.toIntExact(bit / 8);
    byte mask = (byte) (1 << (bit % 8));
    live[index] ^= mask;
    durable[index] ^= mask;
    versions
        .getOrDefault(index / UNIT_BYTES, List.of())
        .forEach(version -> version.bytes()[index % UNIT_BYTES] ^= mask);
  }

  /** Keeps the durable state and, of everything newer, what the choices say. */
  void crash(Random choices, double kept, int unitsPerPage) {
    growDurable();
    long[] moments =
        LongStream.concat(
                versions.values().stream().flatMap(List::stream).mapToLong(Version::step),
                lengths.stream().mapToLong(Length::step))
            .sorted()
            .distinct()
            .toArray();
    var pages = new TreeSet<Integer>();
    versions.keySet().forEach(unit -> pages.add(unit / unitsPerPage));
    for (int page : pages) {
      long moment = moment(choices, kept, moments);
      for (int unit = page * unitsPerPage; unit < (page + 1) * unitsPerPage; unit++) {
        for (Version version : versions.getOrDefault(unit, List.of())) {
          if (version.step() <= moment) {
            System.arraycopy(version.bytes(), 0, durable, unit * UNIT_BYTES, UNIT_BYTES);
          }
        }
      }
    }
    if (!lengths.isEmpty()) {
      long moment = moment(choices, kept, moments);
      for (Length length : lengths) {
        if (length.step() <= moment) {
          durableSize = length.bytes();
        }
      }
    }
    Arrays.fill(durable, durableSize, durable.length, (byte) 0);
    versions.clear();
    lengths.clear();
    dirty.clear();
    live = durable.clone();
    size = durableSize;
  }

  /** A step up to which a page was written back: none, any of the un-synced ones, or the last. */
  private static long moment(Random choices, double kept, long[] moments) {
    if (choices.nextDouble() >= kept) {
      return -1;
    }
    if (kept == 1.0 || choices.nextBoolean()) {
      return Long.MAX_VALUE;
    }
    return moments[choices.nextInt(moments.length)];
  }

  private void touch(int start, int end, long step) {
    for (int unit = start / UNIT_BYTES; unit <= (end - 1) / UNIT_BYTES; unit++) {
      byte[] bytes = Arrays.copyOfRange(live, unit * UNIT_BYTES, (unit + 1) * UNIT_BYTES);
      versions.computeIfAbsent(unit, u -> new ArrayList<>()).add(new Version(step, bytes));
      dirty.set(unit);
    }
  }

  private void resize(int bytes, long step) {
    size = bytes;
    lengths.add(new Length(step, bytes));
  }

  private void grow(int bytes) {
    if (bytes > live.length) {
      live = Arrays.copyOf(live, roundUp(Math.max(bytes, live.length * 2)));
    }
  }

  private void growDurable() {
    if (durable.length < live.length) {
      durable = Arrays.copyOf(durable, live.length);
    }
  }

  private static int roundUp(int bytes) {
    int page = 4096;
    return (bytes + page - 1) / page * page;
  }
}
