package org.salvusfs.metadata.txg;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.item.CountersItem;

class UsageTest {
  private final Usage usage = new Usage(new CountersItem(9, 100, 5));

  private Reservation reserved(long bytes, long inodes) {
    return requireNonNull(usage.reserve(bytes, inodes, 1000, 10));
  }

  private void assertUse(long bytes, long inodes, long promisedBytes, long promisedInodes) {
    assertEquals(new CountersItem(9, bytes, inodes), usage.now());
    assertEquals(new CountersItem(9, promisedBytes, promisedInodes), usage.promised());
  }

  @Test
  void reserve_upToTheBound_countsAsPromisedOnly() {
    var all = reserved(900, 5);
    assertEquals(1000, all.bytesAfter());
    assertEquals(10, all.inodesAfter());
    assertUse(100, 5, 1000, 10);
    assertNull(usage.reserve(1, 0, 1000, 10));
    assertNull(usage.reserve(0, 1, 1000, 10));
    assertUse(100, 5, 1000, 10);
  }

  @Test
  void reserve_nothing_fitsAboveTheBound() {
    requireNonNull(usage.reserve(0, 0, 1, 1)).close();
    requireNonNull(usage.reserve(0, 1, 1, 10)).close();
    requireNonNull(usage.reserve(1, 0, 1000, 1)).close();
    assertUse(100, 5, 100, 5);
  }

  @Test
  void add_turnsAReservationIntoUse_once() {
    var growth = reserved(50, 1);
    usage.add(50, 1, growth);
    assertUse(150, 6, 150, 6);
    growth.close();
    assertUse(150, 6, 150, 6);
  }

  @Test
  void add_ofLessThanWasSetAside_givesTheRestBack() {
    var growth = reserved(50, 1);
    usage.add(20, 0, growth);
    assertUse(120, 5, 120, 5);
  }

  @Test
  void close_withoutAdd_givesAllBack() {
    var growth = reserved(50, 1);
    growth.close();
    growth.close();
    assertUse(100, 5, 100, 5);
  }

  @Test
  void add_withoutReservation_isNeverBounded() {
    usage.add(5000, 50, Reservation.NONE);
    usage.add(-5100, -55, Reservation.NONE);
    Reservation.NONE.close();
    assertUse(0, 0, 0, 0);
  }
}
