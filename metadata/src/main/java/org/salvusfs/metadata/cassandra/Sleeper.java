package org.salvusfs.metadata.cassandra;

import java.time.Duration;

/** Lets the calling thread pause; in production {@code Thread::sleep}. */
@FunctionalInterface
public interface Sleeper {
  void sleep(Duration pause) throws InterruptedException;
}
