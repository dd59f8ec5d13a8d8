package org.salvusfs.metadata.lease;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A machine: a clock that runs too fast or too slow, and a process that is stopped and killed. */
final class SimHost {
  /** By how much a clock may be off: two of them drift apart by less than the margin of leases. */
  private static final double DRIFT_MAX = 0.05;

  final UUID id;
  private final ClusterSim sim;
  private final double rate;
  private final long offset;
  private final List<Runnable> held = new ArrayList<>();

  private @Nullable SimProcess process;
  private boolean paused;
  private boolean cutOff;

  SimHost(ClusterSim sim, UUID id) {
    this.sim = sim;
    this.id = id;
    this.rate = 1 + DRIFT_MAX * (2 * sim.random.nextDouble() - 1);
    this.offset = sim.random.nextLong() / 4;
    sim.at(sim.soon(0, 3), this::start);
    sim.at(sim.soon(5, 60), this::misfortune);
  }

  /** This host's monotonic clock; its wall clock is of no interest to anybody. */
  long nanoTime() {
    return offset + (long) (rate * sim.now());
  }

  /** True time at which the clock will show {@code nanos}, or a little later. */
  long trueTime(long nanos) {
    return (long) ((nanos - offset) / rate) + 1;
  }

  boolean isCutOff() {
    return cutOff;
  }

  boolean isServing() {
    return process != null && process.isServing();
  }

  /** Runs something on behalf of a process: later if it is stopped, never if it is dead. */
  void deliver(SimProcess to, Runnable what) {
    if (to != process) {
      return;
    }
    if (paused) {
      held.add(() -> deliver(to, what));
    } else {
      what.run();
    }
  }

  void heal() {
    resume();
    cutOff = false;
    if (process == null) {
      start();
    }
  }

  private void start() {
    if (process == null) {
      process = new SimProcess(sim, this, new UUID(sim.random.nextLong(), 1));
      process.start();
    }
  }

  private void misfortune() {
    if (sim.isHealed()) {
      return;
    }
    switch (sim.random.nextInt(4)) {
      case 0 -> {
        process = null;
        held.clear();
        sim.at(sim.soon(0.2, 20), this::start);
      }
      case 1 -> {
        cutOff = true;
        sim.at(sim.soon(1, 40), () -> cutOff = false);
      }
      default -> {
        paused = true;
        sim.at(sim.soon(0.1, 40), this::resume);
      }
    }
    sim.at(sim.soon(5, 60), this::misfortune);
  }

  private void resume() {
    paused = false;
    var late = List.copyOf(held);
    held.clear();
    late.forEach(Runnable::run);
  }

  @Override
  public String toString() {
    return id + ": " + process;
  }
}
