package org.salvusfs.metadata.lease;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HostRow;

/**
 * How a process comes to hold one project, without threads, clocks or calls. Its owner calls {@link
 * #poll}, does what it says, and reports the answer before it polls again. A call that fails ends
 * the opening; a new one finds out what the failed call has done.
 */
final class Opening {
  /** What to do next. */
  sealed interface Action {
    /** Read the head; answer with {@link Opening#head}. */
    record ReadHead() implements Action {}

    /** Read the row of a host; answer with {@link Opening#row}. */
    record ReadRow(UUID host) implements Action {}

    /** Acquire the head; answer with {@link Opening#acquired}. */
    record Acquire(Head seen, Fence fence) implements Action {}

    /** Nothing until then. */
    record Rest(long untilNanos) implements Action {}

    /** The end. */
    record Done(OpenOutcome outcome) implements Action {}
  }

  /** How often a watched row is looked at during a watch: a living host is noticed early. */
  private static final int LOOKS = 12;

  private final UUID host;
  private final UUID incarnation;
  private final long watchNanos;

  private Action next = new Action.ReadHead();
  private @Nullable Head seen;

  /** Whether the holder's row was read since the watch began. */
  private boolean watching;

  private @Nullable HostRow watched;
  private long watchedSinceNanos;
  private long lookNanos;

  /**
   * An opening by the given process.
   *
   * @param watchNanos how long the row of another host must stand still
   */
  Opening(UUID host, UUID incarnation, long watchNanos) {
    this.host = host;
    this.incarnation = incarnation;
    this.watchNanos = watchNanos;
  }

  Action poll(long nowNanos) {
    if (next instanceof Action.Rest(long untilNanos) && nowNanos - untilNanos >= 0) {
      next = lookAt(holder());
    }
    if (next instanceof Action.ReadRow) {
      lookNanos = nowNanos;
    }
    return next;
  }

  /** The head as it was read. */
  void head(Head head) {
    Head previous = seen;
    seen = head;
    if (head.host() == null || head.host().equals(host)) {
      next = acquire(head);
    } else if (watching && previous != null && isSameHolding(previous, head)) {
      // The conditional acquire failed, though the holder is the same: it has committed.
      next = heldElsewhere(head.host());
    } else {
      watching = false;
      next = lookAt(head.host());
    }
  }

  /** The holder's row as it was read, null if there is none. */
  void row(@Nullable HostRow row, long nowNanos) {
    if (!watching) {
      watching = true;
      watched = row;
      watchedSinceNanos = nowNanos;
    } else if (row != null && !row.equals(watched)) {
      watched = row;
      next = heldElsewhere(row.host());
      return;
    }
    // What counts is when the look began: before that, the row had stood still.
    next =
        lookNanos - watchedSinceNanos >= watchNanos
            ? acquire(seen())
            : new Action.Rest(nowNanos + watchNanos / LOOKS);
  }

  /** Whether the head was acquired. */
  void acquired(boolean done) {
    if (next instanceof Action.Acquire(Head before, Fence fence) && done) {
      next = new Action.Done(new OpenOutcome.Opened(fence, before));
    } else {
      next = new Action.ReadHead();
    }
  }

  private Action acquire(Head head) {
    return new Action.Acquire(head, new Fence(head.project(), head.epoch() + 1, host, incarnation));
  }

  private static Action lookAt(UUID holder) {
    return new Action.ReadRow(holder);
  }

  private Action heldElsewhere(UUID holder) {
    HostRow row = watched;
    return new Action.Done(
        new OpenOutcome.HeldElsewhere(
            row != null ? row : new HostRow(holder, new UUID(0, 0), 0, "unknown")));
  }

  private static boolean isSameHolding(Head a, Head b) {
    return a.epoch() == b.epoch();
  }

  private Head seen() {
    if (seen == null) {
      throw new IllegalStateException("no head was read");
    }
    return seen;
  }

  private UUID holder() {
    UUID holder = seen().host();
    if (holder == null) {
      throw new IllegalStateException("nobody holds " + seen());
    }
    return holder;
  }
}
