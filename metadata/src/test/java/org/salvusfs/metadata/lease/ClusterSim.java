package org.salvusfs.metadata.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HostRow;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Txgs;
import org.salvusfs.metadata.sim.SimulatedMetadata;

/**
 * A cluster of hosts that fight for one project, in one thread, from a seed. True time passes from
 * event to event; hosts see it through clocks of their own. Messages to and from the store are
 * delayed, sometimes past the caller's patience, or lost; a request that arrives late is still
 * carried out. After every event the invariants are checked.
 */
final class ClusterSim {
  static final ProjectId PROJECT = new ProjectId(new UUID(3, 4));
  static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** How long a caller waits for the store. */
  private static final long PATIENCE = 3 * SECOND;

  private record Event(long time, long order, Runnable what) {}

  /** What a caller asks the store. */
  @FunctionalInterface
  interface Request<T extends @Nullable Object> {
    T run() throws MetadataException;
  }

  final Random random;
  final SimulatedMetadata store = new SimulatedMetadata();
  final List<SimHost> hosts = new ArrayList<>();

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::time).thenComparingLong(Event::order));
  private long order;
  private long now;
  private boolean healed;

  /** Newest row that was written for each host: the store keeps the newest, not the latest. */
  private final Map<UUID, HostRow> rows = new HashMap<>();

  private final Map<Long, UUID> holders = new HashMap<>();
  private final Map<Long, BlockId> committed = new HashMap<>();
  private Head lastHead;
  long takeovers;
  long acknowledged;

  ClusterSim(long seed, int hostCount) throws MetadataException {
    random = new Random(seed * 0x9E3779B97F4A7C15L);
    store.heads().create(PROJECT, new BlockId(0, 0, 0, 0), 0);
    lastHead = head();
    for (int i = 0; i < hostCount; i++) {
      hosts.add(new SimHost(this, new UUID(7, i)));
    }
  }

  long now() {
    return now;
  }

  void at(long time, Runnable what) {
    events.add(new Event(Math.max(time, now), order++, what));
  }

  /** A random time within {@code [from, to)} seconds from now. */
  long soon(double from, double to) {
    return now + (long) (SECOND * (from + random.nextDouble() * (to - from)));
  }

  /** Lets the world go on for so many seconds. */
  void run(long seconds) throws MetadataException {
    long end = now + seconds * SECOND;
    while (!events.isEmpty() && events.peek().time() < end) {
      Event event = events.remove();
      now = event.time();
      event.what().run();
      check();
    }
    now = end;
  }

  /** From now on no message is lost or late and no host fails. */
  void heal() {
    healed = true;
    hosts.forEach(SimHost::heal);
  }

  boolean isHealed() {
    return healed;
  }

  /** Asks the store; exactly one of the two callbacks runs, unless the caller dies. */
  <T extends @Nullable Object> void ask(
      SimProcess caller,
      Request<T> request,
      Consumer<T> answer,
      Consumer<MetadataException> failure) {
    var open = new boolean[] {true};
    Consumer<Runnable> once =
        what ->
            caller.deliver(
                () -> {
                  if (open[0]) {
                    open[0] = false;
                    what.run();
                  }
                });
    at(
        now + PATIENCE,
        () -> once.accept(() -> failure.accept(new MetadataException.Unavailable("no answer"))));
    if (isLost(caller)) {
      return;
    }
    at(
        now + delay(),
        () -> {
          Runnable reply = carryOut(request, answer, failure);
          if (!isLost(caller)) {
            at(now + delay(), () -> once.accept(reply));
          }
        });
  }

  private static <T extends @Nullable Object> Runnable carryOut(
      Request<T> request, Consumer<T> answer, Consumer<MetadataException> failure) {
    try {
      T result = request.run();
      return () -> answer.accept(result);
    } catch (MetadataException e) {
      return () -> failure.accept(e);
    }
  }

  private boolean isLost(SimProcess caller) {
    return !healed && (caller.isCutOff() || random.nextInt(50) == 0);
  }

  private long delay() {
    int kind = healed ? 99 : random.nextInt(100);
    double seconds =
        kind < 2 ? 20 * random.nextDouble() : kind < 8 ? 2 * random.nextDouble() : 0.01;
    return (long) (SECOND * (0.001 + seconds * random.nextDouble()));
  }

  /** Writes a host's row; a write that was overtaken by a newer one is without effect. */
  void writeRow(HostRow row) throws MetadataException {
    HostRow newest = rows.get(row.host());
    if (newest == null || newest.beat() < row.beat()) {
      rows.put(row.host(), row);
      store.hosts().write(row);
    }
  }

  void acknowledged(long txg, BlockId root) {
    acknowledged++;
    if (!root.equals(committed.get(txg))) {
      throw new AssertionError("txg " + txg + " was acknowledged, but is " + committed.get(txg));
    }
  }

  private void check() throws MetadataException {
    List<SimHost> serving = hosts.stream().filter(SimHost::isServing).toList();
    if (serving.size() > 1) {
      throw new AssertionError("at " + now + " these serve one project: " + serving);
    }
    Head head = head();
    if (head.epoch() < lastHead.epoch() || head.txg() < lastHead.txg()) {
      throw new AssertionError(head + " comes after " + lastHead);
    }
    if (head.epoch() != lastHead.epoch()) {
      noteHolder(head);
    }
    if (head.txg() != lastHead.txg()) {
      if (Txgs.epoch(head.txg()) != head.epoch()) {
        throw new AssertionError("a fenced host has committed " + head);
      }
      committed.put(head.txg(), head.root());
    }
    lastHead = head;
  }

  private void noteHolder(Head head) {
    if (head.host() == null || holders.putIfAbsent(head.epoch(), head.host()) != null) {
      throw new AssertionError("epoch " + head.epoch() + " has no holder or two: " + head);
    }
    if (lastHead.host() != null && !lastHead.host().equals(head.host())) {
      takeovers++;
    }
  }

  private Head head() throws MetadataException {
    Head head = store.heads().read(PROJECT);
    if (head == null) {
      throw new AssertionError("the head is gone");
    }
    return head;
  }
}
