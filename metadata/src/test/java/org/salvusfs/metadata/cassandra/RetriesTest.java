package org.salvusfs.metadata.cassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.datastax.oss.driver.api.core.DriverTimeoutException;
import com.datastax.oss.driver.api.core.NoNodeAvailableException;
import com.datastax.oss.driver.api.core.connection.ClosedConnectionException;
import com.datastax.oss.driver.api.core.connection.FrameTooLongException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.salvusfs.metadata.api.MetadataException.Missing;
import org.salvusfs.metadata.api.MetadataException.Unavailable;

class RetriesTest {
  private long now;
  private final List<Duration> pauses = new ArrayList<>();
  private final Retries retries =
      new Retries(
          () -> now,
          pause -> {
            pauses.add(pause);
            now += pause.toNanos();
          },
          Duration.ofSeconds(3));

  @Test
  void until_failuresThenResult_returnsIt() throws Exception {
    var failures =
        new ArrayList<>(
            List.of(
                new DriverTimeoutException("late"),
                new ClosedConnectionException("gone"),
                new NoNodeAvailableException()));
    var result =
        retries.until(
            "test",
            () -> {
              if (failures.isEmpty()) {
                return Optional.of("done");
              }
              throw failures.removeLast();
            });
    assertEquals("done", result);
    assertEquals(
        List.of(Duration.ofMillis(20), Duration.ofMillis(40), Duration.ofMillis(80)), pauses);
  }

  @Test
  void until_neverAnswers_isUnavailableAfterThePatience() {
    var cause = new DriverTimeoutException("late");
    var e =
        assertThrows(
            Unavailable.class,
            () ->
                retries.until(
                    "read node 7",
                    () -> {
                      throw cause;
                    }));
    assertSame(cause, e.getCause());
    assertTrue(e.toString().contains("read node 7 within 3 s"), e.toString());
    assertTrue(now >= Duration.ofSeconds(3).toNanos());
    assertTrue(pauses.stream().allMatch(pause -> pause.compareTo(Duration.ofSeconds(1)) <= 0));
  }

  @Test
  void until_outcomeForTheCaller_isNotRepeated() {
    var tries = new AtomicInteger();
    assertThrows(
        Missing.class,
        () ->
            retries.until(
                "test",
                () -> {
                  tries.incrementAndGet();
                  throw new Missing("node");
                }));
    assertEquals(1, tries.get());
  }

  @Test
  void until_refusedStatement_isABug() {
    var refusal = new FrameTooLongException(new InetSocketAddress(0), "long");
    assertThrows(
        FrameTooLongException.class,
        () ->
            retries.until(
                "test",
                () -> {
                  throw refusal;
                }));
    assertEquals(List.of(), pauses);
  }

  @Test
  void until_interrupted_isUnavailableAndStaysInterrupted() {
    var interrupted =
        new Retries(
            () -> now,
            pause -> {
              throw new InterruptedException();
            },
            Duration.ofSeconds(3));
    assertThrows(Unavailable.class, () -> interrupted.until("test", Optional::empty));
    assertTrue(Thread.interrupted());
  }
}
