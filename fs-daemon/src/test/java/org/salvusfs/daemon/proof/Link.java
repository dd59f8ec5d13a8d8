package org.salvusfs.daemon.proof;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Random;
import org.salvusfs.metadata.api.MetadataException;

/**
 * A host's line to Cassandra, which can break. Calls that are on their way when it breaks may have
 * happened without an answer; calls that it holds up happen when it is whole again. Thread-safe.
 */
final class Link {
  /** How the line is. */
  enum State {
    WHOLE,
    /** Every call fails; of those on their way it is not known whether they happened. */
    CUT,
    /** Every call is on its way until the state changes. */
    SLOW
  }

  // Guarded by this.
  private State state = State.WHOLE;

  synchronized void set(State next) {
    state = next;
    notifyAll();
  }

  /** Breaks it one way or the other. */
  void breakSomehow(Random random) {
    set(random.nextBoolean() ? State.CUT : State.SLOW);
  }

  /** A store at the other end of the line. */
  <T> T to(Class<T> type, T store) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> call(store, method, arguments)));
  }

  private Object call(Object store, Method method, Object[] arguments) throws Throwable {
    pass();
    Object answer;
    try {
      answer = method.invoke(store, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
    pass();
    return answer;
  }

  private synchronized void pass() throws MetadataException.Unavailable {
    try {
      while (state == State.SLOW) {
        wait();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new MetadataException.Unavailable("interrupted", e);
    }
    if (state == State.CUT) {
      throw new MetadataException.Unavailable("the line is cut");
    }
  }
}
