package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.DriverException;
import com.datastax.oss.driver.api.core.InvalidKeyspaceException;
import com.datastax.oss.driver.api.core.UnsupportedProtocolVersionException;
import com.datastax.oss.driver.api.core.connection.FrameTooLongException;
import com.datastax.oss.driver.api.core.servererrors.QueryValidationException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.MetadataException.Unavailable;

/**
 * The one retry policy: repeats what failed, with pauses from 20 ms to 1 s, until the patience of
 * the caller's operation ends. What is repeated must be idempotent; {@link Lwt} makes lightweight
 * transactions so. Thread-safe.
 */
final class Retries {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(1);

  /** One try. */
  @FunctionalInterface
  interface Attempt<T> {
    /** The result, or empty to try again. */
    Optional<T> run() throws MetadataException;
  }

  private final LongSupplier nanoTime;
  private final Sleeper sleeper;
  private final Duration patience;

  /**
   * @param nanoTime a monotonic clock
   * @param patience after this long an attempt that fails is the last one
   */
  Retries(LongSupplier nanoTime, Sleeper sleeper, Duration patience) {
    this.nanoTime = nanoTime;
    this.sleeper = sleeper;
    this.patience = patience;
  }

  /**
   * The first result.
   *
   * @param what for the message: what could not be done
   * @throws Unavailable when the patience has ended; whatever was asked may still happen
   * @throws DriverException if the statement itself was refused: a bug
   */
  <T> T until(String what, Attempt<T> attempt) throws MetadataException {
    long start = nanoTime.getAsLong();
    var pause = FIRST_PAUSE;
    while (true) {
      @Nullable DriverException failure = null;
      try {
        var result = attempt.run();
        if (result.isPresent()) {
          return result.get();
        }
      } catch (DriverException e) {
        if (isRefusal(e)) {
          throw e;
        }
        failure = e;
      }
      if (nanoTime.getAsLong() - start >= patience.toNanos()) {
        throw new Unavailable(
            "Cassandra could not "
                + what
                + " within "
                + patience.toSeconds()
                + " s"
                + (failure == null ? "" : ": " + failure.getMessage()),
            failure == null ? new IllegalStateException("no decision") : failure);
      }
      pause(what, pause);
      pause = pause.multipliedBy(2).compareTo(LAST_PAUSE) < 0 ? pause.multipliedBy(2) : LAST_PAUSE;
    }
  }

  private void pause(String what, Duration pause) throws Unavailable {
    try {
      sleeper.sleep(pause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for Cassandra to " + what, e);
    }
  }

  /** Whether repeating is in vain. */
  private static boolean isRefusal(DriverException e) {
    return e instanceof QueryValidationException
        || e instanceof FrameTooLongException
        || e instanceof InvalidKeyspaceException
        || e instanceof UnsupportedProtocolVersionException;
  }
}
