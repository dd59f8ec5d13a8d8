package org.salvusfs.metadata.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Unavailable;

/**
 * Decides which operations fail, and how. Operations are numbered from 0 over all stores of one
 * {@link SimulatedMetadata}, reads included. Thread-safe.
 */
public final class Faults {
  /** One part of a change, atomic. */
  @FunctionalInterface
  interface Step<T extends @Nullable Object> {
    T run() throws MetadataException;
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Fault> planned = new HashMap<>();
  private final List<Step<?>> late = new ArrayList<>();
  private long operations;
  private boolean away;
  private @Nullable Random random;
  private double probability;

  Faults() {}

  /** Number of operations so far, which is the number of the next one. */
  public long operations() {
    return locked(() -> operations);
  }

  /** The operation with this number fails. */
  public void plan(long operation, Fault fault) {
    locked(() -> planned.put(operation, fault));
  }

  /** Each operation fails with this probability, in a way that the seed determines. */
  public void atRandom(long seed, double chance) {
    locked(
        () -> {
          random = new Random(seed);
          probability = chance;
          return chance;
        });
  }

  /** From now on every operation fails, or none but the planned ones. */
  public void away(boolean now) {
    locked(() -> away = now);
  }

  /** No more planned faults; delayed changes still happen. */
  public void stopPlanned() {
    locked(
        () -> {
          planned.clear();
          return away;
        });
  }

  /** No more faults; delayed changes that have not happened yet never will. */
  public void heal() {
    locked(
        () -> {
          planned.clear();
          late.clear();
          random = null;
          away = false;
          return away;
        });
  }

  /** Runs an atomic operation. */
  <T extends @Nullable Object> T run(String what, Step<T> step) throws MetadataException {
    lock.lock();
    try {
      var fault = begin();
      if (fault == null) {
        return step.run();
      }
      switch (fault) {
        case FAIL, APPLY_HALF -> {}
        case APPLY_THEN_FAIL -> step.run();
        case APPLY_LATER -> late.add(step);
      }
      throw unavailable(what, fault);
    } finally {
      lock.unlock();
    }
  }

  /** Runs an operation made of independent parts. */
  void runAll(String what, List<Step<@Nullable Void>> steps) throws MetadataException {
    lock.lock();
    try {
      var fault = begin();
      for (int i = 0; i < steps.size(); i++) {
        var step = steps.get(i);
        if (fault == null || fault == Fault.APPLY_THEN_FAIL) {
          step.run();
        } else if (fault == Fault.APPLY_LATER) {
          late.add(step);
        } else if (fault == Fault.APPLY_HALF && i % 2 == 0) {
          step.run();
        }
      }
      if (fault != null) {
        throw unavailable(what, fault);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Looks at state without being an operation. */
  <T extends @Nullable Object> T locked(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable Fault begin() {
    if (!away) {
      for (var step : List.copyOf(late)) {
        try {
          step.run();
        } catch (MetadataException refused) {
          // The delayed change came too late to be allowed, and nobody waits for the answer.
        }
      }
      late.clear();
    }
    long operation = operations++;
    var fault = planned.remove(operation);
    if (away) {
      return Fault.FAIL;
    }
    if (fault == null && random != null && random.nextDouble() < probability) {
      var all = Fault.values();
      fault = all[random.nextInt(all.length)];
    }
    return fault;
  }

  private Unavailable unavailable(String what, Fault fault) {
    return new Unavailable(
        "simulated fault " + fault + " at operation " + (operations - 1) + ", " + what);
  }
}
