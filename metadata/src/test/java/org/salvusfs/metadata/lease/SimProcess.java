package org.salvusfs.metadata.lease;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Txgs;

/** A daemon: keeps its lease, opens the project when it can, and commits while it holds it. */
final class SimProcess {
  private static final LeaseOptions OPTIONS = LeaseOptions.DEFAULT;

  private final ClusterSim sim;
  private final SimHost host;
  private final UUID incarnation;
  private final Renewal renewal;

  private @Nullable Fence fence;

  /** The term in which nobody can have taken the project over. */
  private long confirmedTerm;

  private long txg;
  private BlockId root = new BlockId(0, 0, 0, 0);
  private boolean busy;

  SimProcess(ClusterSim sim, SimHost host, UUID incarnation) {
    this.sim = sim;
    this.host = host;
    this.incarnation = incarnation;
    this.renewal = new Renewal(host.id, incarnation, "sim", OPTIONS, host.nanoTime());
  }

  void start() {
    renew();
    work();
  }

  boolean isCutOff() {
    return host.isCutOff();
  }

  void deliver(Runnable what) {
    host.deliver(this, what);
  }

  boolean isServing() {
    Validity validity = renewal.validity();
    return fence != null && validity.at(host.nanoTime()) && validity.term() == confirmedTerm;
  }

  private void later(long time, Runnable what) {
    sim.at(time, () -> deliver(what));
  }

  private void renew() {
    switch (renewal.poll(host.nanoTime())) {
      case Renewal.Action.Rest(long untilNanos) -> later(host.trueTime(untilNanos), this::renew);
      case Renewal.Action.Read() ->
          sim.ask(
              this,
              () -> sim.store.hosts().read(host.id),
              row -> {
                renewal.read(row, host.nanoTime());
                renew();
              },
              this::renewalFailed);
      case Renewal.Action.Write(var row) ->
          sim.<@Nullable Void>ask(
              this,
              () -> {
                sim.writeRow(row);
                return null;
              },
              done -> {
                renewal.written();
                renew();
              },
              this::renewalFailed);
      case Renewal.Action.Superseded(var by) ->
          throw new AssertionError(host.id + " was superseded by " + by + ", but is alone");
    }
  }

  private void renewalFailed(MetadataException e) {
    renewal.failed(host.nanoTime());
    renew();
  }

  private void work() {
    later(sim.soon(0.1, 2), this::work);
    if (busy) {
      return;
    }
    Fence held = fence;
    long term = renewal.validity().term();
    if (held == null) {
      busy = true;
      open(new Opening(host.id, incarnation, OPTIONS.watchNanos()), term);
    } else if (isServing() && sim.random.nextInt(20) == 0) {
      release(held);
    } else if (renewal.validity().at(host.nanoTime())) {
      txg++;
      root = isServing() ? new BlockId(sim.random.nextLong(), 0, 0, 0) : root;
      busy = true;
      commit(held, term);
    }
  }

  private void open(Opening opening, long term) {
    switch (opening.poll(host.nanoTime())) {
      case Opening.Action.ReadHead() ->
          sim.ask(
              this,
              () -> sim.store.heads().read(ClusterSim.PROJECT),
              head -> {
                if (head == null) {
                  throw new AssertionError("the head is gone");
                }
                opening.head(head);
                open(opening, term);
              },
              e -> busy = false);
      case Opening.Action.ReadRow(UUID holder) ->
          sim.ask(
              this,
              () -> sim.store.hosts().read(holder),
              row -> {
                opening.row(row, host.nanoTime());
                open(opening, term);
              },
              e -> busy = false);
      case Opening.Action.Acquire(Head seen, Fence wanted) ->
          sim.ask(
              this,
              () -> sim.store.heads().acquire(seen, wanted),
              done -> {
                opening.acquired(done);
                open(opening, term);
              },
              e -> busy = false);
      case Opening.Action.Rest(long untilNanos) ->
          later(host.trueTime(untilNanos), () -> open(opening, term));
      case Opening.Action.Done(OpenOutcome outcome) -> {
        busy = false;
        if (outcome instanceof OpenOutcome.Opened(Fence won, Head before)) {
          fence = won;
          confirmedTerm = term;
          txg = Txgs.base(won.epoch());
          root = before.root();
        }
      }
    }
  }

  /** Repeats a commit until its outcome is known; a commit in a new term confirms the holding. */
  private void commit(Fence held, long term) {
    long committing = txg;
    BlockId to = root;
    sim.<@Nullable Void>ask(
        this,
        () -> {
          sim.store.heads().commit(held, to, committing);
          return null;
        },
        done -> {
          sim.acknowledged(committing, to);
          confirmedTerm = term;
          busy = false;
        },
        e -> {
          if (e instanceof MetadataException.Fenced) {
            fence = null;
            busy = false;
          } else {
            commit(held, term);
          }
        });
  }

  private void release(Fence held) {
    fence = null;
    busy = true;
    sim.<@Nullable Void>ask(
        this,
        () -> {
          sim.store.heads().release(held);
          return null;
        },
        done -> busy = false,
        e -> busy = false);
  }

  @Override
  public String toString() {
    return "epoch " + (fence == null ? "none" : fence.epoch()) + ", " + renewal.validity();
  }
}
