package org.salvusfs.metadata.lease;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.HostRow;

/**
 * How a host keeps its row alive, without threads, clocks or calls. Its owner calls {@link #poll},
 * does what it says, and reports the answer before it polls again.
 *
 * <p>One renewal: read the row, to learn whether another process took this host's place; write it
 * with a higher beat; read it back. Only a row that others can see counts: a write may be
 * acknowledged and yet be without effect, where the store orders writes by clocks that jump.
 */
final class Renewal {
  /** What to do next. */
  sealed interface Action {
    /** Nothing until then. */
    record Rest(long untilNanos) implements Action {}

    /** Read the host's row; answer with {@link Renewal#read} or {@link Renewal#failed}. */
    record Read() implements Action {}

    /** Write the host's row; answer with {@link Renewal#written} or {@link Renewal#failed}. */
    record Write(HostRow row) implements Action {}

    /** Nothing ever again: another process is this host now. */
    record Superseded(HostRow by) implements Action {}
  }

  private enum Phase {
    RESTING,
    CHECKING,
    WRITING,
    CONFIRMING
  }

  private final UUID host;
  private final UUID incarnation;
  private final String name;
  private final LeaseOptions options;

  private Phase phase = Phase.RESTING;
  private long dueNanos;
  private long startNanos;
  private long beat;
  private boolean everChecked;

  /** The process before this one: the data directory's lock proves that it is gone. */
  private @Nullable UUID predecessor;

  private @Nullable HostRow supersededBy;
  private Validity validity;

  /**
   * Due at once.
   *
   * @param incarnation of this process
   */
  Renewal(UUID host, UUID incarnation, String name, LeaseOptions options, long nowNanos) {
    this.host = host;
    this.incarnation = incarnation;
    this.name = name;
    this.options = options;
    this.dueNanos = nowNanos;
    this.validity = new Validity(false, nowNanos, 0);
  }

  Validity validity() {
    return validity;
  }

  Action poll(long nowNanos) {
    if (supersededBy != null) {
      return new Action.Superseded(supersededBy);
    }
    if (phase == Phase.RESTING) {
      if (nowNanos - dueNanos < 0) {
        return new Action.Rest(dueNanos);
      }
      startNanos = nowNanos;
      phase = Phase.CHECKING;
    }
    return phase == Phase.WRITING
        ? new Action.Write(new HostRow(host, incarnation, beat, name))
        : new Action.Read();
  }

  /**
   * The row as it was read, null if there is none. Beats rise over incarnations: a strange row with
   * a lower beat is a late write of a process that is long gone.
   */
  void read(@Nullable HostRow row, long nowNanos) {
    if (!everChecked) {
      everChecked = true;
      predecessor = row == null ? null : row.incarnation();
    }
    boolean own = row != null && row.incarnation().equals(incarnation);
    if (row != null && !own && !row.incarnation().equals(predecessor) && row.beat() >= beat) {
      supersededBy = row;
      validity = new Validity(false, nowNanos, validity.term());
    } else if (phase == Phase.CHECKING) {
      beat = Math.max(beat, row == null ? 0 : row.beat()) + 1;
      phase = Phase.WRITING;
    } else if (row != null && own && row.beat() == beat) {
      renewed(nowNanos);
    } else {
      failed(nowNanos);
    }
  }

  /** The row was written, as far as the store says. */
  void written() {
    phase = Phase.CONFIRMING;
  }

  private void renewed(long nowNanos) {
    long term = validity.at(nowNanos) ? validity.term() : validity.term() + 1;
    validity = new Validity(true, startNanos + options.validFor().toNanos(), term);
    phase = Phase.RESTING;
    dueNanos = startNanos + options.renewEvery().toNanos();
  }

  /** The store did not answer; this renewal is given up. */
  void failed(long nowNanos) {
    phase = Phase.RESTING;
    dueNanos = nowNanos + options.retryEvery().toNanos();
  }
}
