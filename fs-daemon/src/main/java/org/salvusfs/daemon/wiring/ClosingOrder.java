package org.salvusfs.daemon.wiring;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What was started, in order; {@link #close} ends it in the opposite order. A step that fails does
 * not keep the others from being taken. Used by one thread at a time.
 */
final class ClosingOrder implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClosingOrder.class);

  private record Step(String name, AutoCloseable end) {}

  private final Deque<Step> steps = new ArrayDeque<>();

  /** Notes something that was just started, and returns it. */
  <T extends AutoCloseable> T started(String name, T thing) {
    steps.push(new Step(name, thing));
    return thing;
  }

  /**
   * Ends everything.
   *
   * @throws DaemonException.Failed naming the first step that failed; the others are in the log
   */
  @Override
  public void close() throws DaemonException.Failed {
    DaemonException.@Nullable Failed first = null;
    boolean interrupted = Thread.interrupted(); // what is to be made durable is, also now
    while (!steps.isEmpty()) {
      var step = steps.pop();
      try {
        step.end().close();
      } catch (InterruptedException e) {
        interrupted = true;
        log.warn("ending {} was interrupted", step.name(), e);
      } catch (Exception e) {
        log.error("ending {} failed", step.name(), e);
        if (first == null) {
          first =
              new DaemonException.Failed(
                  "ending " + step.name() + " failed (" + e.getMessage() + "); the log has more",
                  e);
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (first != null) {
      throw first;
    }
  }
}
