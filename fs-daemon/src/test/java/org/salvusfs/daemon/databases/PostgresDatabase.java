package org.salvusfs.daemon.databases;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.stack.DevStack;

/** A PostgreSQL cluster of Debian's packages, run by the user postgres, and three clients. */
final class PostgresDatabase implements Database {
  private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
  private static final int CLIENTS = 3;
  private static final Duration READY_MAX = Duration.ofMinutes(1);

  private final Path bin;
  private final Path data;
  private final Path scratch;
  private final List<Acknowledgements> acknowledgements = new ArrayList<>();
  private final List<Process> clients = new ArrayList<>();
  private @Nullable Process server;

  private PostgresDatabase(Path bin, Path data, Path scratch) {
    this.bin = bin;
    this.data = data;
    this.scratch = scratch;
    for (int i = 0; i < CLIENTS; i++) {
      acknowledgements.add(new Acknowledgements(scratch.resolve("client-" + i + ".acks")));
    }
  }

  /** The newest version that is installed, or empty. */
  static Optional<Path> installed() throws IOException {
    if (!Files.isDirectory(VERSIONS)) {
      return Optional.empty();
    }
    try (Stream<Path> versions = Files.list(VERSIONS)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder());
    }
  }

  /** Makes a cluster with data checksums in a home, and the tables. */
  static PostgresDatabase create(Path bin, Path home, Path scratch)
      throws IOException, InterruptedException {
    Path own = Files.createDirectory(home.resolve("postgres"));
    var user =
        own.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres");
    Files.setOwner(own, user);
    Files.createDirectories(scratch);
    Files.setPosixFilePermissions(scratch, PosixFilePermissions.fromString("rwxrwxrwx"));
    var database = new PostgresDatabase(bin, own.resolve("data"), scratch);
    Programs.run(
        scratch,
        database.asPostgres(
            "initdb", "-D", database.data.toString(), "--data-checksums", "-A", "trust"));
    database.startServer();
    database.sql("CREATE TABLE entry(client int, n int, text text, PRIMARY KEY (client, n))");
    database.sql("CREATE INDEX by_text ON entry(text)");
    database.sql("CREATE TABLE total(client int PRIMARY KEY, entries int)");
    database.sql("INSERT INTO total SELECT c, 0 FROM generate_series(0, " + (CLIENTS - 1) + ") c");
    return database;
  }

  private List<String> asPostgres(String program, String... words) {
    var command =
        new ArrayList<>(
            List.of("setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"));
    command.add(bin.resolve(program).toString());
    command.addAll(List.of(words));
    return command;
  }

  private void startServer() throws IOException, InterruptedException {
    Path log = scratch.resolve("server.log");
    var started =
        Programs.start(
            log,
            log,
            asPostgres(
                "postgres",
                "-D",
                data.toString(),
                "-k",
                scratch.toString(),
                "-c",
                "listen_addresses=",
                "-c",
                "shared_buffers=4MB", // so that pages are written before checkpoints, too
                "-c",
                "checkpoint_timeout=30s"));
    server = started;
    var ready =
        List.of(bin.resolve("pg_isready").toString(), "-q", "-h", scratch.toString(), "-t", "1");
    DevStack.await(
        READY_MAX,
        () -> !started.isAlive() || succeeds(ready),
        () -> "PostgreSQL does not start: " + tail(log));
    if (!started.isAlive()) {
      throw new AssertionError("PostgreSQL ended: " + tail(log));
    }
  }

  @Override
  public void start() throws IOException, InterruptedException {
    if (server == null) {
      startServer();
    }
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(
          Programs.start(
              acknowledgements.get(i).file(),
              scratch.resolve("client-" + i + ".err"),
              List.of(
                  "bash",
                  Programs.resource("postgres_client.sh").toString(),
                  bin.resolve("psql").toString(),
                  scratch.toString(),
                  Integer.toString(i),
                  Long.toString(acknowledgements.get(i).count()))));
    }
  }

  @Override
  public long acknowledged() throws IOException {
    long sum = 0;
    for (var client : acknowledgements) {
      sum += client.count();
    }
    return sum;
  }

  @Override
  public void end() throws IOException, InterruptedException {
    if (server != null) {
      // Immediate shutdown: nothing is written any more, as after a crash of its own.
      var _ = new ProcessBuilder("kill", "-QUIT", Long.toString(server.pid())).start().waitFor();
      Programs.await(server);
      server = null;
    }
    for (var client : clients) {
      Programs.await(client);
    }
    clients.clear();
  }

  @Override
  public void verify() throws IOException, InterruptedException {
    startServer();
    for (int i = 0; i < CLIENTS; i++) {
      String[] row =
          sql("SELECT count(*), coalesce(max(n), -1) + 1,"
                  + " (SELECT entries FROM total WHERE client = %d) FROM entry WHERE client = %d"
                      .formatted(i, i))
              .strip()
              .split("\\|");
      if (!row[0].equals(row[1]) || !row[0].equals(row[2])) {
        throw new AssertionError("client " + i + ": " + String.join(" ", row));
      }
      acknowledgements.get(i).verify("PostgreSQL, client " + i, Long.parseLong(row[0]));
    }
    Programs.run(
        scratch,
        asPostgres(
            "pg_amcheck",
            "-h",
            scratch.toString(),
            "--install-missing",
            "--heapallindexed",
            "--all"));
    Programs.run(
        scratch, asPostgres("pg_dump", "-h", scratch.toString(), "-f", "/dev/null", "postgres"));
  }

  private String sql(String statement) throws IOException, InterruptedException {
    return Programs.run(
        scratch,
        List.of(
            bin.resolve("psql").toString(),
            "-h",
            scratch.toString(),
            "-U",
            "postgres",
            "-XqAt",
            "-c",
            statement,
            "postgres"));
  }

  private static boolean succeeds(List<String> command) {
    try {
      return new ProcessBuilder(command).start().waitFor() == 0;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String tail(Path log) {
    try {
      String text = Files.readString(log);
      return text.substring(Math.max(0, text.length() - 3000));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
