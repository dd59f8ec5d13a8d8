package org.salvusfs.metadata.localcassandra;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A single-node Cassandra on this machine's loopback, as a process of its own. What it acknowledged
 * survives its being killed.
 *
 * <p>The owner closes it; a daemon that is killed leaves it running, and the next {@link #start} on
 * the same data directory adopts it, or stops it first if it was started with other options.
 */
public final class LocalCassandra implements AutoCloseable {
  /** The only data center's name. */
  public static final String DATA_CENTER = "dc1";

  private static final Logger LOG = LoggerFactory.getLogger(LocalCassandra.class);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final int QUOTED_LINES = 12;

  /**
   * What to run, on which data, how big, how patiently.
   *
   * @param libDir the server's jars, and nothing else
   * @param java17Home a JDK 17
   * @param dataDir made if it does not exist; owned by one daemon at a time
   * @param cqlPort where CQL is served, 0 for any free port, kept from then on
   * @param storagePort a second port that the server insists on, 0 likewise
   * @param heapBytes limit of its Java heap; it uses some 150 MB beyond that
   * @param startPatience how long it may take until it answers; replaying a long commit log counts
   * @param stopPatience how long it may take to end before it is killed, which loses nothing
   */
  public record Options(
      Path libDir,
      Path java17Home,
      Path dataDir,
      int cqlPort,
      int storagePort,
      long heapBytes,
      Duration startPatience,
      Duration stopPatience) {
    private static final long HEAP_BYTES_MIN = 128L << 20;

    public Options {
      if (heapBytes < HEAP_BYTES_MIN) {
        throw new IllegalArgumentException(
            "Cassandra needs a heap of at least " + HEAP_BYTES_MIN + " bytes, not " + heapBytes);
      }
    }

    /** Any ports, and a heap for a developer's machine. */
    public static Options of(Path libDir, Path java17Home, Path dataDir) {
      return new Options(
          libDir,
          java17Home,
          dataDir,
          0,
          0,
          384L << 20,
          Duration.ofMinutes(5),
          Duration.ofSeconds(30));
    }
  }

  private final ProcessHandle process;
  private final int cqlPort;
  private final Duration stopPatience;

  private LocalCassandra(ProcessHandle process, int cqlPort, Duration stopPatience) {
    this.process = process;
    this.cqlPort = cqlPort;
    this.stopPatience = stopPatience;
  }

  /**
   * Starts a server, or adopts the one that runs on the data directory already. It answers CQL on
   * return.
   *
   * @throws ServerStartException if something is missing or a port is taken (nothing was changed
   *     then), or if the server ends or does not answer in time (it does not run then; the message
   *     quotes its log)
   */
  public static LocalCassandra start(Options options) throws IOException, InterruptedException {
    check(options);
    var dataDir = options.dataDir().toAbsolutePath().normalize();
    var kept = Ports.kept(dataDir.resolve("ports"));
    var orphan = ServerProcess.find(dataDir);
    if (orphan.isPresent()) {
      var process = orphan.get();
      if (kept.isPresent() && isWanted(options, dataDir, kept.get())) {
        LOG.info("adopting the Cassandra server that already runs, pid {}", process.pid());
        if (awaitAnswer(process, kept.get().cql(), options.startPatience()) == Answer.YES) {
          return new LocalCassandra(process, kept.get().cql(), options.stopPatience());
        }
      }
      LOG.info("stopping the Cassandra server that was left behind, pid {}", process.pid());
      ServerProcess.stop(process, options.stopPatience());
    }
    var ports = Ports.choose(new Ports(options.cqlPort(), options.storagePort()), kept);
    return launch(options, dataDir, ports);
  }

  private static boolean isWanted(Options options, Path dataDir, Ports ports) throws IOException {
    return (options.cqlPort() == 0 || options.cqlPort() == ports.cql())
        && (options.storagePort() == 0 || options.storagePort() == ports.storage())
        && new ServerFiles(options, dataDir, ports).areWritten();
  }

  private static LocalCassandra launch(Options options, Path dataDir, Ports ports)
      throws IOException, InterruptedException {
    var files = new ServerFiles(options, dataDir, ports);
    Files.createDirectories(dataDir.resolve("store"));
    Files.createDirectories(dataDir.resolve("logs"));
    files.write();
    Files.writeString(dataDir.resolve("ports"), ports.toText());
    var consoleLog = dataDir.resolve("logs/console.log");
    var process =
        ServerProcess.launch(options.java17Home(), files.jvmOptions(), dataDir, consoleLog);
    Answer answer;
    try {
      answer = awaitAnswer(process, ports.cql(), options.startPatience());
    } catch (InterruptedException e) {
      ServerProcess.stop(process, options.stopPatience());
      throw e;
    }
    return switch (answer) {
      case YES -> {
        LOG.info("Cassandra answers on port {}, pid {}", ports.cql(), process.pid());
        yield new LocalCassandra(process, ports.cql(), options.stopPatience());
      }
      case ENDED ->
          throw new ServerStartException(
              "Cassandra ended while it was starting; its last words in "
                  + consoleLog
                  + ":\n"
                  + lastLines(consoleLog));
      case TOO_LATE -> {
        ServerProcess.stop(process, options.stopPatience());
        var systemLog = dataDir.resolve("logs/system.log");
        throw new ServerStartException(
            "Cassandra did not answer within "
                + options.startPatience().toSeconds()
                + " s and was stopped; the end of its log "
                + systemLog
                + ":\n"
                + lastLines(systemLog));
      }
    };
  }

  private enum Answer {
    YES,
    ENDED,
    TOO_LATE
  }

  private static Answer awaitAnswer(ProcessHandle process, int cqlPort, Duration limit)
      throws InterruptedException {
    var address = loopback(cqlPort);
    for (long polls = limit.dividedBy(POLL); polls > 0; polls--) {
      if (CqlProbe.answers(address)) {
        return Answer.YES;
      }
      if (ServerProcess.awaitEnd(process, POLL)) {
        return Answer.ENDED;
      }
    }
    return Answer.TOO_LATE;
  }

  private static void check(Options options) throws IOException {
    if (!Jdk17.isJdk17(options.java17Home())) {
      throw new ServerStartException(
          options.java17Home()
              + " is no Java 17, which Cassandra needs: apt-get install openjdk-17-jre-headless");
    }
    if (!Files.isDirectory(options.libDir())) {
      throw new ServerStartException(
          "the jars of the Cassandra server are not in "
              + options.libDir()
              + ": mvn -pl metadata/cassandra-server generate-resources");
    }
  }

  private static String lastLines(Path file) throws IOException {
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    var last =
        new ArrayList<>(lines.subList(Math.max(0, lines.size() - QUOTED_LINES), lines.size()));
    last.replaceAll(line -> "  " + line);
    return String.join("\n", last);
  }

  private static InetSocketAddress loopback(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** The server's process id. */
  public long pid() {
    return process.pid();
  }

  /** Where it serves CQL. */
  public InetSocketAddress contactPoint() {
    return loopback(cqlPort);
  }

  /** Whether it answers now. */
  public boolean answers() {
    return process.isAlive() && CqlProbe.answers(contactPoint());
  }

  /**
   * Completes when the process has ended, for whatever reason. A server whose disk is full or
   * broken ends by itself; it can be started again when there is space.
   */
  public CompletableFuture<Void> onExit() {
    return process.onExit().thenAccept(ended -> {});
  }

  /** Ends the server, if need be by force; it is gone on return. */
  @Override
  public void close() {
    ServerProcess.stop(process, stopPatience);
  }
}
