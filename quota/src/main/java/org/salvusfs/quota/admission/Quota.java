package org.salvusfs.quota.admission;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.metadata.txg.Usage;

/**
 * The limits of one open project and what they admit. Thread-safe.
 *
 * <p>Users get up to the hard limit without the reserve, root up to the hard limit. Above the soft
 * limit users go on for the time of grace; then the soft limit is theirs until use has fallen below
 * it. Whether it has is seen when something grows or somebody asks.
 */
public final class Quota {
  private final Usage usage;
  private final LongSupplier wallClock;
  private final QuotaListener listener;
  private final Object lock = new Object();

  // Guarded by lock.
  private Limits limits;
  private @Nullable Instant overSoftSince;
  private final Levels bytes = new Levels(Resource.BYTES);
  private final Levels inodes = new Levels(Resource.INODES);

  /**
   * @param overSoftSince as it was noted when the project was held last
   * @param wallClock nanoseconds since 1970
   */
  public Quota(
      Usage usage,
      Limits limits,
      @Nullable Instant overSoftSince,
      LongSupplier wallClock,
      QuotaListener listener) {
    this.usage = usage;
    this.limits = limits;
    this.overSoftSince = overSoftSince;
    this.wallClock = wallClock;
    this.listener = listener;
    CountersItem used = usage.now();
    bytes.begin(used.bytes(), limits.userBytes());
    inodes.begin(used.inodes(), limits.inodes());
  }

  /**
   * Sets growth aside, or says what is in its way.
   *
   * @param privileged whether root asks
   * @param addedBytes exactly what the operation will add to the allocation, not negative
   * @param addedInodes how many inodes it will make
   */
  public Verdict admit(boolean privileged, long addedBytes, long addedInodes) {
    if (addedBytes == 0 && addedInodes == 0) {
      return new Verdict.Admitted(Reservation.NONE);
    }
    List<Notice> notices = new ArrayList<>(0);
    Verdict verdict;
    synchronized (lock) {
      verdict = decide(privileged, addedBytes, addedInodes, notices);
    }
    notices.forEach(listener::heard);
    return verdict;
  }

  private Verdict decide(
      boolean privileged, long addedBytes, long addedInodes, List<Notice> notices) {
    CountersItem before = usage.promised();
    bytes.seen(before.bytes(), limits.userBytes());
    inodes.seen(before.inodes(), limits.inodes());
    watchSoft(before.bytes(), notices);
    long bytesMax = privileged ? limits.hardBytes() : userBytesNow();
    Reservation growth = usage.reserve(addedBytes, addedInodes, bytesMax, limits.inodes());
    if (growth == null) {
      return refused(addedBytes, addedInodes, bytesMax, notices);
    }
    watchSoft(growth.bytesAfter(), notices);
    if (addedBytes > 0) {
      bytes.grown(growth.bytesAfter(), limits.userBytes(), notices::add);
    }
    if (addedInodes > 0) {
      inodes.grown(growth.inodesAfter(), limits.inodes(), notices::add);
    }
    return new Verdict.Admitted(growth);
  }

  private Verdict refused(long addedBytes, long addedInodes, long bytesMax, List<Notice> notices) {
    CountersItem used = usage.promised();
    if (addedInodes > 0 && used.inodes() + addedInodes > limits.inodes()) {
      inodes.refused(addedInodes, used.inodes(), limits.inodes(), notices::add);
      return new Verdict.Refused(Resource.INODES, limits.inodes(), used.inodes());
    }
    bytes.refused(addedBytes, used.bytes(), bytesMax, notices::add);
    return new Verdict.Refused(Resource.BYTES, bytesMax, used.bytes());
  }

  /** Begins or ends the time of grace. */
  private void watchSoft(long used, List<Notice> notices) {
    long soft = limits.softBytes();
    if (used > soft && overSoftSince == null) {
      overSoftSince = now();
      notices.add(new Notice.Soft(soft, used, overSoftSince, overSoftSince.plus(limits.grace())));
    } else if (used <= soft && overSoftSince != null) {
      overSoftSince = null;
      notices.add(new Notice.Soft(soft, used, null, null));
    }
  }

  private long userBytesNow() {
    Instant since = overSoftSince;
    boolean graceIsOver = since != null && !now().isBefore(since.plus(limits.grace()));
    return graceIsOver ? Math.min(limits.softBytes(), limits.userBytes()) : limits.userBytes();
  }

  private Instant now() {
    long nanos = wallClock.getAsLong();
    return Instant.ofEpochMilli(TimeUnit.NANOSECONDS.toMillis(nanos));
  }

  public Limits limits() {
    synchronized (lock) {
      return limits;
    }
  }

  /** Sets other limits, for every operation that is not admitted yet. */
  public void limit(Limits other) {
    List<Notice> notices = new ArrayList<>(0);
    synchronized (lock) {
      CountersItem used = usage.promised();
      limits = other;
      watchSoft(used.bytes(), notices);
      bytes.limitChanged();
      bytes.seen(used.bytes(), other.userBytes());
      bytes.grown(used.bytes(), other.userBytes(), notices::add);
      inodes.limitChanged();
      inodes.seen(used.inodes(), other.inodes());
      inodes.grown(used.inodes(), other.inodes(), notices::add);
    }
    notices.forEach(listener::heard);
  }

  /** Since when use has been above the soft limit; null if it is not. */
  public @Nullable Instant overSoftSince() {
    List<Notice> notices = new ArrayList<>(0);
    Instant since;
    synchronized (lock) {
      watchSoft(usage.promised().bytes(), notices);
      since = overSoftSince;
    }
    notices.forEach(listener::heard);
    return since;
  }

  /** How much may still grow. */
  public Room room() {
    CountersItem used = usage.now();
    synchronized (lock) {
      boolean below = used.bytes() <= limits.softBytes();
      long users = below ? limits.userBytes() : userBytesNow();
      return new Room(
          left(limits.hardBytes(), used.bytes()),
          left(users, used.bytes()),
          left(limits.inodes(), used.inodes()));
    }
  }

  private static long left(long limit, long used) {
    return limit == Limits.UNLIMITED ? Limits.UNLIMITED : Math.max(0, limit - used);
  }
}
