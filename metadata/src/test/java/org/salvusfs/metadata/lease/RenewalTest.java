package org.salvusfs.metadata.lease;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.HostRow;

class RenewalTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** A monotonic clock may begin anywhere, and overflow. */
  private static final long T0 = Long.MAX_VALUE - 15 * SECOND;

  private static final UUID HOST = new UUID(1, 1);
  private static final UUID OLD = new UUID(2, 1);
  private static final UUID OWN = new UUID(2, 2);
  private static final UUID STRANGE = new UUID(2, 3);

  private final Renewal renewal = new Renewal(HOST, OWN, "a", LeaseOptions.DEFAULT, T0);

  @Test
  void renewal_succeeding_isValidFromItsStart() {
    assertFalse(validAt(0));
    renew(0, 4, null, 1);
    assertTrue(validAt(4));
    assertTrue(validAt(9));
    assertFalse(validAt(10));
    assertEquals(new Renewal.Action.Rest(at(3)), renewal.poll(at(2)));
  }

  @Test
  void renewal_beforeTheLapse_keepsTheTerm() {
    renew(0, 1, null, 1);
    renew(3, 4, row(OWN, 1), 2);
    renew(9, 12, row(OWN, 2), 3);
    assertEquals(1, renewal.validity().term());
    assertTrue(validAt(18));
  }

  @Test
  void renewal_afterTheLapse_raisesTheTerm() {
    renew(0, 1, null, 1);
    renew(9, 10, row(OWN, 1), 2);
    assertTrue(validAt(11));
    assertEquals(2, renewal.validity().term());
  }

  @Test
  void renewal_failing_isRepeatedSoonerAndExtendsNothing() {
    renew(0, 0, null, 1);
    assertEquals(new Renewal.Action.Read(), renewal.poll(at(3)));
    renewal.failed(at(5));
    assertEquals(new Renewal.Action.Rest(at(5) + SECOND / 2), renewal.poll(at(5)));
    assertTrue(validAt(9));
    assertFalse(validAt(10));
  }

  @Test
  void renewal_whoseRowDoesNotShow_doesNotCount() {
    renewal.poll(at(0));
    renewal.read(row(OLD, 41), at(0));
    assertEquals(new Renewal.Action.Write(row(OWN, 42)), renewal.poll(at(0)));
    renewal.written();
    renewal.read(row(OLD, 41), at(0));
    assertFalse(validAt(0));
    assertInstanceOf(Renewal.Action.Rest.class, renewal.poll(at(0)));
  }

  @Test
  void renewal_afterAnotherProcessTookTheHostsPlace_isOverForGood() {
    renew(0, 0, row(OLD, 41), 42);
    assertTrue(validAt(1));
    renewal.poll(at(3));
    renewal.read(row(STRANGE, 43), at(3));
    assertFalse(validAt(3));
    assertEquals(new Renewal.Action.Superseded(row(STRANGE, 43)), renewal.poll(at(3)));
    assertEquals(new Renewal.Action.Superseded(row(STRANGE, 43)), renewal.poll(at(100)));
  }

  @Test
  void renewal_seeingALateWriteOfADeadProcess_goesOn() {
    renew(0, 0, row(OLD, 41), 42);
    renew(3, 3, row(OLD, 41), 43);
    renew(6, 6, row(STRANGE, 40), 44);
    assertTrue(validAt(15));
    assertEquals(1, renewal.validity().term());
  }

  /** One whole renewal that finds {@code present} and writes {@code beat}. */
  private void renew(int start, int end, @Nullable HostRow present, long beat) {
    assertEquals(new Renewal.Action.Read(), renewal.poll(at(start)));
    renewal.read(present, at(start));
    assertEquals(new Renewal.Action.Write(row(OWN, beat)), renewal.poll(at(start)));
    renewal.written();
    assertEquals(new Renewal.Action.Read(), renewal.poll(at(end)));
    renewal.read(row(OWN, beat), at(end));
  }

  private boolean validAt(int second) {
    return renewal.validity().at(at(second));
  }

  private static long at(int second) {
    return T0 + second * SECOND;
  }

  private static HostRow row(UUID incarnation, long beat) {
    return new HostRow(HOST, incarnation, beat, "a");
  }
}
