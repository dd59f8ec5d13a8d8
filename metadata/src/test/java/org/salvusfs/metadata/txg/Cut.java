package org.salvusfs.metadata.txg;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.salvusfs.metadata.api.MetadataException;

/**
 * The end of a process, as the stores see it: from a certain operation on nothing of it reaches
 * them any more; of that one, half does if it has parts. Operations are counted over all stores,
 * from {@link #after} on. The process itself is told that it is fenced, so that it gives up.
 */
final class Cut {
  private final AtomicInteger operations = new AtomicInteger();
  private volatile int last = Integer.MAX_VALUE;

  /** Lets {@code more} operations through from now on. */
  void after(int more) {
    operations.set(0);
    last = more;
  }

  /** Whether an operation was cut off. */
  boolean isDone() {
    return operations.get() > last;
  }

  /** The store as the process sees it. */
  <T> T of(Class<T> type, T store) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              int operation = operations.incrementAndGet();
              try {
                if (operation <= last) {
                  return method.invoke(store, arguments);
                }
                if (operation == last + 1 && arguments != null && hasParts(arguments[0])) {
                  method.invoke(store, half(arguments[0]));
                }
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
              throw new MetadataException.Fenced("the process has ended");
            }));
  }

  private static boolean hasParts(Object argument) {
    return argument instanceof Collection || argument instanceof Map;
  }

  private static Object half(Object argument) {
    if (argument instanceof Collection<?> all) {
      return List.copyOf(all).subList(0, all.size() / 2);
    }
    var some = new HashMap<Object, Object>();
    ((Map<?, ?>) argument)
        .forEach(
            (key, value) -> {
              if (some.size() < ((Map<?, ?>) argument).size() / 2) {
                some.put(key, value);
              }
            });
    return some;
  }
}
