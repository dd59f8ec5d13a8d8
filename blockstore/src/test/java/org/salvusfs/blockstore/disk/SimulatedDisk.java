package org.salvusfs.blockstore.disk;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * A disk in memory with a page cache that forgets, for crash sweeps.
 *
 * <h2>What a crash may leave</h2>
 *
 * <ul>
 *   <li>Directory: the state at the last {@link #syncDirectory()} plus any prefix of the creations,
 *       renames and deletions since (a journalling file system). A file keeps its contents through
 *       renames. Syncing a file does <em>not</em> make its creation durable.
 *   <li>Contents: each unit of 512 bytes, or (chosen per crash) each page of 4 KiB, independently
 *       holds what it held at the last successful {@link DiskFile#sync()} or at any moment since,
 *       so any subset of the un-synced pages may be there, in any mixture of ages.
 *   <li>Length: the synced one or any that the file had since. Bytes inside the length whose unit
 *       was lost read as zero.
 *   <li>After a sync that failed, its pages count as clean, as on Linux: they stay readable, may or
 *       may not be on the medium, and a later successful sync does not write them ("fsyncgate").
 * </ul>
 *
 * <p>A third of all crashes lose everything that may be lost, a few keep everything, the rest mix.
 *
 * <p>Every mutating call is a <em>step</em>, counted from 1. A {@link FaultPlan} decides what
 * happens to each. {@link #crash} forgets the plan, breaks all open files and leaves a disk to open
 * again. Thread-safe.
 */
public final class SimulatedDisk implements Disk {
  /** What a step does. */
  public enum Step {
    WRITE,
    RESERVE,
    TRUNCATE,
    SYNC,
    CREATE,
    RENAME,
    DELETE,
    SYNC_DIRECTORY
  }

  /** What goes wrong with a step. */
  public enum Fault {
    /** Nothing. */
    NONE,
    /** An I/O error; nothing was changed (but see above for a failed sync). */
    FAIL,
    /**
     * "No space left on device", after a random prefix of a write. Truncates and deletes succeed.
     */
    FULL,
    /** An I/O error after a random prefix of a write; other steps just fail. */
    TEAR,
    /** Like TEAR, but the prefix ends at a multiple of 512 bytes of the file. */
    TEAR_AT_SECTOR,
    /** Success is reported, nothing is done: a lying disk. */
    DROP,
    /** This step (a write: half of it) and all after it fail, reads too, until {@link #crash}. */
    STOP
  }

  /** Decides about each step; called under the disk's lock. */
  @FunctionalInterface
  public interface FaultPlan {
    Fault fault(long number, Step step, String file);

    /** Only the given step goes wrong. */
    static FaultPlan at(long number, Fault fault) {
      return (n, step, file) -> n == number ? fault : Fault.NONE;
    }

    /** The given step and all after it go wrong. */
    static FaultPlan from(long number, Fault fault) {
      return (n, step, file) -> n >= number ? fault : Fault.NONE;
    }
  }

  private static final FaultPlan HEALTHY = (n, step, file) -> Fault.NONE;

  private sealed interface DirectoryChange {}

  private record Created(String name, SimulatedContents contents) implements DirectoryChange {}

  private record Renamed(String from, String to) implements DirectoryChange {}

  private record Deleted(String name) implements DirectoryChange {}

  private final Random random;
  private TreeMap<String, SimulatedContents> durable = new TreeMap<>();
  private TreeMap<String, SimulatedContents> live = new TreeMap<>();
  private final List<DirectoryChange> unsynced = new ArrayList<>();
  private FaultPlan plan = HEALTHY;
  private long steps;
  private boolean stopped;
  private int incarnation;
  private long capacityBytes = Long.MAX_VALUE;

  /** An empty, healthy disk; the random source decides where torn writes tear. */
  public SimulatedDisk(Random random) {
    this.random = random;
  }

  /** Steps so far, over the whole life of the disk. */
  public synchronized long steps() {
    return steps;
  }

  /** Replaces the plan. */
  public synchronized void plan(FaultPlan newPlan) {
    plan = newPlan;
  }

  /** Writes that would make the lengths of all files exceed this fail like {@link Fault#FULL}. */
  public synchronized void capacity(long bytes) {
    capacityBytes = bytes;
  }

  /** Sum of the lengths of all files. */
  public synchronized long usedBytes() {
    return live.values().stream().mapToLong(SimulatedContents::size).sum();
  }

  /** Power off and on again: see the class comment for the states that may result. */
  public synchronized void crash(Random choices) {
    double kept =
        switch (choices.nextInt(6)) {
          case 0, 1 -> 0.0;
          case 2 -> 1.0;
          default -> choices.nextDouble();
        };
    int prefix =
        kept == 0.0 ? 0 : kept == 1.0 ? unsynced.size() : choices.nextInt(unsynced.size() + 1);
    unsynced.subList(0, prefix).forEach(change -> apply(change, durable));
    int unitsPerPage = choices.nextBoolean() ? 1 : 4096 / SimulatedContents.UNIT_BYTES;
    for (SimulatedContents contents : durable.values()) {
      contents.crash(choices, kept, unitsPerPage);
    }
    live = new TreeMap<>(durable);
    unsynced.clear();
    plan = HEALTHY;
    stopped = false;
    incarnation++;
  }

  /** Damages the medium: flips one bit of a file, durably and unnoticed. */
  public synchronized void flipBit(String name, long bit) throws IOException {
    existing(name).flipBit(bit);
  }

  /** The present contents of a file. */
  public synchronized byte[] contents(String name) throws IOException {
    return existing(name).bytes();
  }

  /** Puts a file durably in place, replacing its contents; not a step. */
  public synchronized void plant(String name, byte[] bytes) {
    var contents = new SimulatedContents();
    contents.write(ByteBuffer.wrap(bytes), 0, steps);
    contents.sync();
    live.put(name, contents);
    durable.put(name, contents);
  }

  @Override
  public synchronized List<String> list() throws IOException {
    checkRunning();
    return List.copyOf(live.keySet());
  }

  @Override
  public synchronized DiskFile open(String name) throws IOException {
    checkRunning();
    return new Handle(name, existing(name));
  }

  @Override
  public synchronized DiskFile create(String name) throws IOException {
    if (live.containsKey(name)) {
      throw new FileAlreadyExistsException(name);
    }
    var contents = new SimulatedContents();
    if (step(Step.CREATE, name)) {
      change(new Created(name, contents));
    }
    return new Handle(name, contents);
  }

  @Override
  public synchronized void rename(String from, String to) throws IOException {
    existing(from);
    if (step(Step.RENAME, from)) {
      change(new Renamed(from, to));
    }
  }

  @Override
  public synchronized void delete(String name) throws IOException {
    if (step(Step.DELETE, name) && live.containsKey(name)) {
      change(new Deleted(name));
    }
  }

  @Override
  public synchronized void syncDirectory() throws IOException {
    if (step(Step.SYNC_DIRECTORY, ".")) {
      unsynced.forEach(change -> apply(change, durable));
      unsynced.clear();
    }
  }

  private void change(DirectoryChange change) {
    apply(change, live);
    unsynced.add(change);
  }

  private static void apply(DirectoryChange change, Map<String, SimulatedContents> to) {
    switch (change) {
      case Created(String name, SimulatedContents contents) -> to.put(name, contents);
      case Renamed(String from, String target) -> {
        SimulatedContents moved = to.remove(from);
        if (moved != null) {
          to.put(target, moved);
        }
      }
      case Deleted(String name) -> to.remove(name);
    }
  }

  private SimulatedContents existing(String name) throws IOException {
    SimulatedContents contents = live.get(name);
    if (contents == null) {
      throw new FileNotFoundException(name);
    }
    return contents;
  }

  private void checkRunning() throws IOException {
    if (stopped) {
      throw new IOException("the simulated disk has stopped");
    }
  }

  /** Counts a step that is not a write; false if it is to be dropped. */
  private boolean step(Step step, String file) throws IOException {
    checkRunning();
    return switch (plan.fault(++steps, step, file)) {
      case NONE -> true;
      case DROP -> false;
      case FULL -> {
        if (step == Step.TRUNCATE || step == Step.DELETE) {
          yield true;
        }
        throw full();
      }
      case FAIL, TEAR, TEAR_AT_SECTOR -> throw failed(step, file);
      case STOP -> {
        stopped = true;
        throw failed(step, file);
      }
    };
  }

  private IOException failed(Step step, String file) {
    return new IOException("simulated failure of step " + steps + ", " + step + " of " + file);
  }

  private static IOException full() {
    return new IOException("No space left on device");
  }

  private final class Handle implements DiskFile {
    private final String name;
    private final SimulatedContents contents;
    private final int openedIn = incarnation;
    private boolean closed;

    Handle(String name, SimulatedContents contents) {
      this.name = name;
      this.contents = contents;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        checkUsable();
        return contents.read(into, position);
      }
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      synchronized (SimulatedDisk.this) {
        checkUsable();
        long room = capacityBytes - usedBytes() + contents.size() - position;
        if (room < from.remaining()) {
          steps++;
          writePrefix(from, position, (int) Math.max(0, room));
          throw full();
        }
        switch (plan.fault(++steps, Step.WRITE, name)) {
          case NONE -> writePrefix(from, position, from.remaining());
          case DROP -> from.position(from.limit());
          case FAIL -> throw failed(Step.WRITE, name);
          case FULL -> {
            writePrefix(from, position, random.nextInt(from.remaining() + 1));
            throw full();
          }
          case TEAR -> {
            writePrefix(from, position, random.nextInt(from.remaining() + 1));
            throw failed(Step.WRITE, name);
          }
          case TEAR_AT_SECTOR -> {
            long end = position + random.nextInt(from.remaining() + 1);
            long sectorEnd = end - end % SimulatedContents.UNIT_BYTES;
            writePrefix(from, position, (int) Math.max(0, sectorEnd - position));
            throw failed(Step.WRITE, name);
          }
          case STOP -> {
            writePrefix(from, position, from.remaining() / 2);
            stopped = true;
            throw failed(Step.WRITE, name);
          }
        }
      }
    }

    /** A fault is a refusal, as it is for those who cannot reserve at all. */
    @Override
    public boolean reserve(long position, long bytes) throws IOException {
      synchronized (SimulatedDisk.this) {
        checkUsable();
        if (capacityBytes - usedBytes() + contents.size() < position + bytes) {
          return false;
        }
        return switch (plan.fault(++steps, Step.RESERVE, name)) {
          case NONE -> {
            contents.lengthen(position + bytes, steps);
            yield true;
          }
          case DROP -> true;
          case FAIL, FULL, TEAR, TEAR_AT_SECTOR -> false;
          case STOP -> {
            stopped = true;
            throw failed(Step.RESERVE, name);
          }
        };
      }
    }

    private void writePrefix(ByteBuffer from, long position, int bytes) {
      ByteBuffer prefix = from.slice(from.position(), bytes);
      contents.write(prefix, position, steps);
      from.position(from.position() + bytes);
    }

    @Override
    public long size() throws IOException {
      synchronized (SimulatedDisk.this) {
        checkUsable();
        return contents.size();
      }
    }

    @Override
    public void truncate(long bytes) throws IOException {
      synchronized (SimulatedDisk.this) {
        checkUsable();
        if (step(Step.TRUNCATE, name)) {
          contents.truncate(bytes, steps);
        }
      }
    }

    @Override
    public void sync() throws IOException {
      synchronized (SimulatedDisk.this) {
        checkUsable();
        boolean written = false;
        try {
          written = step(Step.SYNC, name);
        } finally {
          if (written) {
            contents.sync();
          } else {
            contents.failSync();
          }
        }
      }
    }

    @Override
    public void close() {
      synchronized (SimulatedDisk.this) {
        closed = true;
      }
    }

    private void checkUsable() throws IOException {
      if (closed) {
        throw new ClosedChannelException();
      }
      if (openedIn != incarnation) {
        throw new IOException(name + " was opened before the crash");
      }
      checkRunning();
    }
  }
}
