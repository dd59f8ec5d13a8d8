package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.BoundStatement;
import com.datastax.oss.driver.api.core.cql.Row;
import com.datastax.oss.driver.api.core.cql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.MetadataException;

/**
 * Lightweight transactions with a known outcome.
 *
 * <p>A compare-and-set that times out, or whose connection breaks, may have happened, may never
 * happen, or may happen later. So after every answer but a plain yes the state is read serially,
 * which first finishes whatever is in flight, and judged: was it ours, is it impossible by now, or
 * is it to be tried again? A delayed attempt that arrives after all meets the same condition as the
 * repeated one. Therefore each change must be recognisable (by an operation id or by its values)
 * and harmless when it happens twice under its condition. Thread-safe.
 */
final class Lwt {
  /** What the state says about a change. */
  @FunctionalInterface
  interface Judge<T> {
    /** The outcome, or empty if the change has not happened and still may. */
    Optional<T> judge() throws MetadataException;
  }

  private final CqlSession session;
  private final Retries retries;

  Lwt(CqlSession session, Retries retries) {
    this.session = session;
    this.retries = retries;
  }

  /**
   * Makes a conditional change once.
   *
   * @param applied the result when the change was made
   * @param judge asks the state, by {@link #readSerial}
   */
  <T> T change(String what, Statement<?> conditional, T applied, Judge<T> judge)
      throws MetadataException {
    var isUnknown = new AtomicBoolean();
    return retries.until(
        what,
        () -> {
          if (isUnknown.get()) {
            var outcome = judge.judge();
            if (outcome.isPresent()) {
              return outcome;
            }
          }
          isUnknown.set(true);
          return session.execute(conditional).wasApplied() ? Optional.of(applied) : judge.judge();
        });
  }

  /** The first row as of now. */
  @Nullable Row readSerial(BoundStatement select) {
    return session
        .execute(select.setConsistencyLevel(ConsistencyLevel.LOCAL_SERIAL).setIdempotent(true))
        .one();
  }

  /** Likewise, repeated until there is an answer. */
  @Nullable Row readSerial(String what, BoundStatement select) throws MetadataException {
    return retries
        .until(what, () -> Optional.of(Optional.ofNullable(readSerial(select))))
        .orElse(null);
  }
}
