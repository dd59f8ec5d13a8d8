package org.salvusfs.metadata.txg;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.salvusfs.metadata.api.MetadataException;

/**
 * The end of a process, as the stores see it: from a certain operation on nothing of it reaches
 * them any more. Operations are counted over all stores, from {@link #begin} on.
 */
final class Cut {
  private final AtomicInteger operations = new AtomicInteger();
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile int last = Integer.MAX_VALUE;

  /** Lets {@code more} operations through from now on. */
  void begin(int more) {
    operations.set(0);
    last = more;
  }

  /** Operations since {@link #begin}, those that were cut off included. */
  int operations() {
    return operations.get();
  }

  /** Counted down when an operation was cut off. */
  CountDownLatch done() {
    return done;
  }

  /** The store as the process sees it. */
  <T> T of(Class<T> type, T store) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (operations.incrementAndGet() > last) {
                done.countDown();
                throw new MetadataException.Unavailable("the process has ended");
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }
}
