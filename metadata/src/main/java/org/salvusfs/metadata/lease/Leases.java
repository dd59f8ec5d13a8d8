package org.salvusfs.metadata.lease;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens projects for this process and gives them back. Thread-safe; blocks. One project is opened
 * by one thread at a time, and not while this process holds it: a second opening would fence the
 * first.
 */
public final class Leases {
  private static final Logger log = LoggerFactory.getLogger(Leases.class);

  /** Lets a thread wait. */
  @FunctionalInterface
  public interface Pause {
    void sleep(long nanos) throws InterruptedException;
  }

  private final HeadStore heads;
  private final HostStore hosts;
  private final UUID host;
  private final UUID incarnation;
  private final LeaseOptions options;
  private final LongSupplier nanoClock;
  private final Pause pause;
  private final Map<ProjectId, Fence> held = new ConcurrentHashMap<>();

  /**
   * Opens projects in the name of one process.
   *
   * @param nanoClock monotonic
   * @param pause waits on the same clock
   */
  public Leases(
      HeadStore heads,
      HostStore hosts,
      UUID host,
      UUID incarnation,
      LeaseOptions options,
      LongSupplier nanoClock,
      Pause pause) {
    this.heads = heads;
    this.hosts = hosts;
    this.host = host;
    this.incarnation = incarnation;
    this.options = options;
    this.nanoClock = nanoClock;
    this.pause = pause;
  }

  /**
   * Makes this process the holder: at once when the project is free or was held by an earlier
   * process of this host, and after having watched another holder's row stand still for the length
   * of a lease and a margin. Returns as soon as that holder shows a sign of life.
   *
   * @throws MetadataException.Missing if there is no such project
   * @throws MetadataException.Unavailable if the store does not answer; this process may hold the
   *     project then, and calling again is right
   */
  public OpenOutcome open(ProjectId project) throws MetadataException {
    var opening = new Opening(host, incarnation, options.watchNanos());
    while (true) {
      switch (opening.poll(nanoClock.getAsLong())) {
        case Opening.Action.ReadHead() -> opening.head(readHead(project));
        case Opening.Action.ReadRow(UUID holder) -> {
          var row = hosts.read(holder);
          opening.row(row, nanoClock.getAsLong());
        }
        case Opening.Action.Acquire(Head seen, Fence fence) ->
            opening.acquired(heads.acquire(seen, fence));
        case Opening.Action.Rest(long untilNanos) -> sleepUntil(untilNanos);
        case Opening.Action.Done(OpenOutcome outcome) -> {
          note(outcome);
          return outcome;
        }
      }
    }
  }

  private Head readHead(ProjectId project) throws MetadataException {
    Head head = heads.read(project);
    if (head == null) {
      throw new MetadataException.Missing("project " + project + " does not exist");
    }
    return head;
  }

  private void note(OpenOutcome outcome) {
    if (outcome instanceof OpenOutcome.Opened(Fence fence, Head before)) {
      held.put(fence.project(), fence);
      if (before.host() != null && !before.host().equals(host)) {
        log.warn(
            "project {} was taken over from host {}, whose lease had run out; epoch {}",
            fence.project(),
            before.host(),
            fence.epoch());
      }
    }
  }

  private void sleepUntil(long untilNanos) throws MetadataException.Unavailable {
    try {
      pause.sleep(Math.max(0, untilNanos - nanoClock.getAsLong()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MetadataException.Unavailable("interrupted while watching another host", e);
    }
  }

  /** What this process holds, as far as it knows. */
  public List<Fence> held() {
    return List.copyOf(held.values());
  }

  /**
   * Gives a project back, so that any host may open it at once. Everything must be committed, and
   * nothing be served any more.
   */
  public void release(Fence fence) throws MetadataException {
    heads.release(fence);
    forget(fence);
  }

  /**
   * Drops a project without giving it back: it was lost to another holder, or what is not committed
   * of it must stay this host's to recover.
   */
  public void forget(Fence fence) {
    held.remove(fence.project(), fence);
  }
}
