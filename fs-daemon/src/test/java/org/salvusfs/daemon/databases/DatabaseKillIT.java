package org.salvusfs.daemon.databases;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.stack.DevStack;

/**
 * Promise 14: the daemon is killed under databases that commit without a pause. After each restart
 * every commit that a client heard of is there, and the database's own checks find nothing. {@code
 * -Dsalvus.full=true}: 100 kills each.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-14")
class DatabaseKillIT {
  private static final int KILLS =
      Integer.getInteger("salvus.database.kills", Boolean.getBoolean("salvus.full") ? 100 : 3);
  private static final Duration WORK_MAX = Duration.ofMinutes(1);

  @TempDir Path directory;

  /** Makes the database in a home that is mounted. */
  private interface Maker {
    Database make(Path home, Path scratch) throws Exception;
  }

  @Test
  void killDaemon_underSqliteWithWal_keepsEveryCommit() throws Exception {
    kill((home, scratch) -> new SqliteDatabase(home, scratch, "wal"));
  }

  @Test
  void killDaemon_underSqliteWithRollbackJournal_keepsEveryCommit() throws Exception {
    kill((home, scratch) -> new SqliteDatabase(home, scratch, "delete"));
  }

  @Test
  void killDaemon_underPostgres_keepsEveryCommit() throws Exception {
    var bin = PostgresDatabase.installed();
    assumeTrue(bin.isPresent(), "PostgreSQL is not installed: apt-get install postgresql");
    kill((home, scratch) -> PostgresDatabase.create(bin.orElseThrow(), home, scratch));
  }

  private void kill(Maker maker) throws Exception {
    long seed = Long.getLong("salvus.database.seed", System.nanoTime());
    System.out.println("seed " + seed + " (-Dsalvus.database.seed)");
    var random = new Random(seed);
    // The user postgres has to reach the home and the scratch directory.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Path scratch = Files.createDirectory(directory.resolve("scratch"));
    try (var stack = new DevStack(directory.resolve("stack"))) {
      stack.start();
      var database = maker.make(stack.home(), scratch);
      try {
        for (int round = 0; round < KILLS; round++) {
          killOnce(stack, database, round, random);
        }
      } finally {
        database.end();
      }
      var check = stack.run("check", "demo");
      assertEquals(0, check.exit(), check.output());
    }
  }

  private static void killOnce(DevStack stack, Database database, int round, Random random)
      throws Exception {
    long before = database.acknowledged();
    database.start();
    DevStack.await(
        WORK_MAX, () -> isBeyond(database, before), () -> "no commits: " + stack.errors());
    TimeUnit.MILLISECONDS.sleep(random.nextInt(3000));
    stack.killDaemon();
    database.end();
    long acknowledged = database.acknowledged();
    stack.start();
    database.verify();
    System.out.printf(
        "kill %d: %d commits, %d of them in this life%n",
        round, acknowledged, acknowledged - before);
  }

  private static boolean isBeyond(Database database, long commits) {
    try {
      return database.acknowledged() > commits;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
