package org.salvusfs.quota.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.txg.Reservation;
import org.salvusfs.metadata.txg.Usage;

class QuotaTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Duration GRACE = Duration.ofDays(7);

  private final AtomicLong nanos = new AtomicLong(TimeUnit.SECONDS.toNanos(NOON.getEpochSecond()));
  private final List<Notice> notices = new ArrayList<>();
  private final Usage usage = new Usage(new CountersItem(2, 0, 1));

  private Quota quota(Limits limits) {
    return quota(limits, null);
  }

  private Quota quota(Limits limits, @Nullable Instant overSoftSince) {
    return new Quota(usage, limits, overSoftSince, nanos::get, notices::add);
  }

  private static Limits bytes(long hard, long soft, long reserve) {
    return new Limits(hard, soft, GRACE, Limits.UNLIMITED, reserve);
  }

  private static Limits hard(long hard) {
    return bytes(hard, Limits.UNLIMITED, 0);
  }

  private static Reservation admitted(Quota quota, boolean root, long bytes, long inodes) {
    return assertInstanceOf(Verdict.Admitted.class, quota.admit(root, bytes, inodes)).growth();
  }

  private static Reservation user(Quota quota, long bytes) {
    return admitted(quota, false, bytes, 0);
  }

  private static Verdict.Refused refused(Quota quota, boolean root, long bytes, long inodes) {
    return assertInstanceOf(Verdict.Refused.class, quota.admit(root, bytes, inodes));
  }

  private List<String> kinds() {
    var kinds =
        notices.stream()
            .map(n -> n instanceof Notice.Warning w ? w.resource() + " " + w.percent() : n.kind())
            .toList();
    notices.clear();
    return kinds;
  }

  @Test
  void admit_upToTheLastByte_andNotOneMore() {
    var quota = quota(hard(1000));
    user(quota, 1000);
    assertEquals(new Verdict.Refused(Resource.BYTES, 1000, 1000), refused(quota, false, 1, 0));
    assertEquals(1000, usage.promised().bytes(), "a refusal sets nothing aside");
  }

  @Test
  void admit_nothing_isNeverRefused_evenAboveTheLimit() {
    var quota = quota(hard(1000));
    user(quota, 1000);
    quota.limit(hard(10));
    assertSame(Reservation.NONE, admitted(quota, false, 0, 0));
  }

  @Test
  void close_ofWhatWasNotApplied_givesItBackOnce() {
    var quota = quota(hard(1000));
    var growth = user(quota, 900);
    growth.close();
    growth.close();
    assertEquals(0, usage.promised().bytes());
    user(quota, 1000);
  }

  @Test
  void reserve_isForRootOnly() {
    var quota = quota(bytes(1000, Limits.UNLIMITED, 100));
    user(quota, 900);
    refused(quota, false, 1, 0);
    admitted(quota, true, 100, 0);
    refused(quota, true, 1, 0);
    assertEquals(new Room(1000, 900, Limits.UNLIMITED), quota.room(), "nothing was applied");
  }

  @Test
  void inodes_areLimitedForEverybody() {
    var quota = quota(new Limits(Limits.UNLIMITED, Limits.UNLIMITED, GRACE, 3, 0));
    admitted(quota, false, 0, 1);
    admitted(quota, true, 0, 1);
    assertEquals(new Verdict.Refused(Resource.INODES, 3, 3), refused(quota, false, 0, 1));
    refused(quota, true, 0, 1);
    user(quota, 1L << 50);
    assertEquals(List.of("INODES 95", "quota-hit"), kinds());
  }

  @Test
  void soft_mayBeExceededForTheTimeOfGrace_thenNothingGrowsUntilUseIsBelow() {
    var quota = quota(bytes(1000, 500, 0));
    user(quota, 500);
    assertNull(quota.overSoftSince());
    var above = user(quota, 100);
    assertEquals(NOON, quota.overSoftSince());
    nanos.addAndGet(GRACE.toNanos() - 1);
    var later = user(quota, 1);
    nanos.addAndGet(1);
    assertEquals(new Verdict.Refused(Resource.BYTES, 500, 601), refused(quota, false, 1, 0));
    admitted(quota, true, 1, 0).close();
    later.close();
    refused(quota, false, 1, 0);
    above.close();
    user(quota, 100);
    assertEquals(NOON.plus(GRACE), quota.overSoftSince(), "the grace began anew");
    assertEquals(List.of("quota-soft", "quota-hit", "quota-soft", "quota-soft"), kinds());
  }

  @Test
  void soft_exceededBeforeTheOpening_keepsItsTime() {
    quota(Limits.NONE).admit(false, 600, 0);
    var quota = quota(bytes(1000, 500, 0), NOON.minus(GRACE));
    refused(quota, false, 1, 0);
    assertEquals(NOON.minus(GRACE), quota.overSoftSince());
    assertEquals(List.of("quota-hit"), kinds());
  }

  @Test
  void levels_areAnnouncedOnce_andAgainAfterUseFellWellBelow() {
    var quota = quota(hard(1000));
    user(quota, 799);
    assertEquals(List.of(), kinds());
    var swings = user(quota, 1);
    assertEquals(List.of("BYTES 80"), kinds());
    for (int i = 0; i < 10; i++) {
      swings.close();
      swings = user(quota, 1);
    }
    assertEquals(List.of(), kinds());
    var ninety = user(quota, 100);
    user(quota, 1);
    assertEquals(List.of("BYTES 90"), kinds());
    ninety.close();
    user(quota, 149);
    assertEquals(List.of("BYTES 95"), kinds(), "90 was left by 10 percent, and 95 counts for both");
  }

  @Test
  void levels_severalReachedAtOnce_announceTheHighest() {
    var quota = quota(hard(1000));
    user(quota, 1000);
    assertEquals(List.of("BYTES 95"), kinds());
  }

  @Test
  void levels_reachedBeforeTheOpening_areNotNews() {
    var loaded = new Usage(new CountersItem(2, 920, 1));
    var quota = new Quota(loaded, hard(1000), null, nanos::get, notices::add);
    user(quota, 1);
    assertEquals(List.of(), kinds());
    user(quota, 40);
    assertEquals(List.of("BYTES 95"), kinds());
  }

  @Test
  void hit_isAnnouncedOnce_andAgainAfterUseFell() {
    var quota = quota(hard(1000));
    user(quota, 700);
    var rest = user(quota, 90);
    for (int i = 0; i < 100; i++) {
      refused(quota, false, 211 + i, 0);
    }
    assertEquals(List.of("quota-hit"), kinds());
    rest.close();
    refused(quota, false, 1000, 0);
    assertEquals(List.of("quota-hit"), kinds());
    refused(quota, false, 1000, 0);
    assertEquals(List.of(), kinds());
  }

  @Test
  void hit_withALimitOfZero_isAnnouncedOnce() {
    var quota = quota(hard(0));
    refused(quota, false, 1, 0);
    refused(quota, false, 1, 0);
    assertEquals(List.of("quota-hit"), kinds());
  }

  @Test
  void limit_changed_holdsAtOnceAndAnnouncesWhatItReaches() {
    var quota = quota(Limits.NONE);
    user(quota, 900);
    quota.limit(bytes(1000, 500, 0));
    assertEquals(List.of("quota-soft", "BYTES 90"), kinds());
    refused(quota, false, 101, 0);
    quota.limit(bytes(950, 500, 0));
    refused(quota, false, 51, 0);
    assertEquals(List.of("quota-hit", "quota-hit"), kinds());
    quota.limit(Limits.NONE);
    user(quota, 1L << 60);
    assertEquals(List.of("quota-soft"), kinds());
  }

  @Test
  void room_honoursReserveAndSoftLimit() {
    var loaded = new Usage(new CountersItem(2, 600, 5));
    var limits = new Limits(1000, 500, GRACE, 50, 100);
    var quota = new Quota(loaded, limits, NOON, nanos::get, notices::add);
    assertEquals(new Room(400, 300, 45), quota.room());
    nanos.addAndGet(GRACE.toNanos());
    assertEquals(new Room(400, 0, 45), quota.room());
    assertEquals(Room.UNLIMITED, quota(Limits.NONE).room());
  }

  @Test
  void texts_sayWhatHappened() {
    assertEquals(
        "90 % of the quota is used: 9.1G of 10G",
        new Notice.Warning(Resource.BYTES, 90, (91L << 30) / 10 + 1, 10L << 30).text());
    assertEquals(
        "the quota is full: 1 inode more were refused, 7 inodes of 7 inodes are used",
        new Notice.Hit(Resource.INODES, 1, 7, 7).text());
    assertEquals(
        "use is above the soft limit of 9G: from 2026-11-21T12:00:00Z on it may not grow",
        new Notice.Soft(9L << 30, 10L << 30, NOON.minus(GRACE), NOON).text());
    assertEquals(
        "there is no soft limit any more", new Notice.Soft(Limits.UNLIMITED, 1, null, null).text());
    assertEquals(
        "use is below the soft limit of 9G again", new Notice.Soft(9L << 30, 1, null, null).text());
  }
}
