package org.salvusfs.daemon.wiring;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.salvusfs.metadata.localcassandra.Jdk17;

/**
 * What a daemon gets from the machine it runs on.
 *
 * @param nanoClock monotonic
 * @param wallClock nanoseconds since 1970
 * @param jdk17 home of the JDK that Cassandra runs on
 * @param cassandraLib the Cassandra server's jars
 * @param hostName for people
 */
record Surroundings(
    LongSupplier nanoClock,
    LongSupplier wallClock,
    SecureRandom random,
    Optional<Path> jdk17,
    Path cassandraLib,
    String hostName) {
  private static final Path JVMS = Path.of("/usr/lib/jvm");
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  /** Those of this process; the launcher says where the Cassandra server and JDK 17 are. */
  static Surroundings ofThisProcess() {
    var named = System.getProperty("salvus.jdk17", "");
    return new Surroundings(
        System::nanoTime,
        Surroundings::wallNanos,
        new SecureRandom(),
        named.isEmpty() ? Jdk17.find(System.getenv(), JVMS) : Optional.of(Path.of(named)),
        Path.of(System.getProperty("salvus.cassandra.lib", "metadata/cassandra-server/target/lib"))
            .toAbsolutePath(),
        nameOfThisMachine());
  }

  /** By the wall clock. */
  Instant now() {
    return Instant.EPOCH.plus(wallClock.getAsLong(), ChronoUnit.NANOS);
  }

  UUID newId() {
    return UUID.randomUUID();
  }

  private static long wallNanos() {
    var now = Instant.now();
    return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
  }

  private static String nameOfThisMachine() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "localhost";
    }
  }
}
