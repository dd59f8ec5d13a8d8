package org.salvusfs.daemon.crash;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One thread's mixed work in a directory of its own, from a seed, until an operation fails (the
 * daemon was killed) or it is told to stop. Every operation is in the log before it is issued.
 */
class CrashLoad implements Runnable, Recorded {
  private static final int FILES_MAX = 40;
  private static final int FILE_BYTES_MAX = 600_000;

  private final Target target;
  private final Random random;
  private final AtomicLong clock;
  private final List<Journaled> journal = new ArrayList<>();

  /** Name to file number, -1 for a directory, -2 for a symlink. */
  private final TreeMap<String, Integer> names = new TreeMap<>();

  private final Map<Integer, Integer> sizes = new HashMap<>();
  private int counter;
  private volatile boolean stopping;
  private volatile @Nullable Exception end;

  CrashLoad(Target target, long seed, AtomicLong clock) {
    this.target = target;
    this.random = new Random(seed);
    this.clock = clock;
  }

  void stop() {
    stopping = true;
  }

  /** Asked before every step. */
  boolean goesOn() {
    return !stopping;
  }

  @Override
  public Target target() {
    return target;
  }

  @Override
  public List<Journaled> journal() {
    return journal;
  }

  /** What ended the load early, if anything did. */
  @Nullable Exception end() {
    return end;
  }

  @Override
  public void run() {
    try {
      while (goesOn()) {
        step();
      }
    } catch (IOException | IllegalStateException e) {
      end = e;
    }
  }

  private void step() throws IOException {
    int dice = random.nextInt(100);
    String file = pick(0);
    if (file == null || (dice < 12 && files() < FILES_MAX)) {
      createAndFill();
    } else if (dice < 40) {
      write(file);
    } else if (dice < 46) {
      int number = number(file);
      int size = random.nextInt(size(number) + 1);
      run(new Op.Truncate(number, size), () -> target.truncate(file, size));
      sizes.put(number, size);
    } else if (dice < 60) {
      run(new Op.Fsync(number(file)), () -> target.fsync(file, random.nextBoolean()));
    } else if (dice < 64) {
      run(new Op.FsyncDirectory(), target::fsyncDirectory);
    } else if (dice < 74) {
      replaceByRename(file);
    } else if (dice < 80) {
      rename(file, fresh());
    } else if (dice < 84) {
      String to = fresh();
      run(new Op.Link(file, to), () -> target.link(file, to));
      names.put(to, number(file));
    } else if (dice < 87) {
      String name = fresh();
      run(new Op.Symlink(name, "to-" + name), () -> target.symlink(name, "to-" + name));
      names.put(name, -2);
    } else if (dice < 90) {
      String name = fresh();
      run(new Op.Mkdir(name), () -> target.mkdir(name));
      names.put(name, -1);
    } else {
      String any = pick(random.nextInt(4) == 0 ? -1 : random.nextInt(3) == 0 ? -2 : 0);
      if (any != null) {
        run(new Op.Remove(any), () -> target.remove(any, number(any) == -1));
        names.remove(any);
      }
    }
  }

  private int number(String name) {
    return requireNonNull(names.get(name));
  }

  private int size(int file) {
    return requireNonNull(sizes.get(file));
  }

  private long files() {
    return names.values().stream().filter(number -> number >= 0).count();
  }

  private void createAndFill() throws IOException {
    String name = fresh();
    int number = counter++;
    run(new Op.Create(name, number), () -> target.create(name));
    names.put(name, number);
    sizes.put(number, 0);
    write(name);
  }

  /** The way editors save: a new file, sometimes synced, renamed over the old one. */
  private void replaceByRename(String file) throws IOException {
    String temporary = fresh();
    int number = counter++;
    run(new Op.Create(temporary, number), () -> target.create(temporary));
    names.put(temporary, number);
    sizes.put(number, 0);
    write(temporary);
    if (random.nextBoolean()) {
      run(new Op.Fsync(number), () -> target.fsync(temporary, random.nextBoolean()));
    }
    rename(temporary, file);
  }

  private void rename(String from, String to) throws IOException {
    run(new Op.Rename(from, to), () -> target.rename(from, to));
    names.put(to, requireNonNull(names.remove(from)));
  }

  private void write(String name) throws IOException {
    int number = number(name);
    int size = size(number);
    int length =
        switch (random.nextInt(4)) {
          case 0 -> 1 + random.nextInt(100);
          case 1 -> 4096;
          case 2 -> 1 + random.nextInt(20_000);
          default -> 1 + random.nextInt(200_000);
        };
    int offset = random.nextInt(3) > 0 ? size : random.nextInt(size + 5000);
    if (offset + length > FILE_BYTES_MAX) {
      offset = random.nextInt(FILE_BYTES_MAX - length);
    }
    byte[] data = new byte[length];
    random.nextBytes(data);
    for (int i = 0; i < data.length; i++) {
      data[i] |= 1; // a zero can then only come from a hole
    }
    int at = offset;
    run(new Op.Write(number, at, data), () -> target.write(name, at, data));
    sizes.put(number, Math.max(size, offset + length));
  }

  private String fresh() {
    return "n" + counter++;
  }

  private @Nullable String pick(int kind) {
    var candidates =
        names.entrySet().stream()
            .filter(entry -> kind == 0 ? entry.getValue() >= 0 : entry.getValue() == kind)
            .map(Map.Entry::getKey)
            .toList();
    return candidates.isEmpty() ? null : candidates.get(random.nextInt(candidates.size()));
  }

  @FunctionalInterface
  private interface Action {
    void run() throws IOException;
  }

  private void run(Op op, Action action) throws IOException {
    var entry = new Journaled(op, clock.incrementAndGet());
    journal.add(entry);
    action.run();
    entry.finished = clock.incrementAndGet();
  }
}
