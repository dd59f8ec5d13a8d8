package org.salvusfs.daemon.databases;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An SQLite file and one client. */
final class SqliteDatabase implements Database {
  private static final String CLIENT = Programs.resource("sqlite_client.py").toString();

  private final Path file;
  private final Path scratch;
  private final String journal;
  private final Acknowledgements acknowledgements;
  private @Nullable Process client;

  /**
   * @param journal {@code wal} or {@code delete}
   */
  SqliteDatabase(Path home, Path scratch, String journal) {
    this.file = home.resolve(journal + ".db");
    this.scratch = scratch;
    this.journal = journal;
    this.acknowledgements = new Acknowledgements(scratch.resolve(journal + ".acks"));
  }

  @Override
  public void start() throws IOException {
    client =
        Programs.start(
            acknowledgements.file(),
            scratch.resolve(journal + ".err"),
            List.of(
                "python3",
                CLIENT,
                "work",
                file.toString(),
                journal,
                Long.toString(acknowledgements.count())));
  }

  @Override
  public long acknowledged() throws IOException {
    return acknowledgements.count();
  }

  @Override
  public void end() throws InterruptedException {
    if (client != null) {
      Programs.await(client);
    }
  }

  @Override
  public void verify() throws IOException, InterruptedException {
    String found = Programs.run(scratch, List.of("python3", CLIENT, "check", file.toString()));
    acknowledgements.verify("SQLite, " + journal, Long.parseLong(found.strip()));
  }
}
