package org.salvusfs.daemon.control;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.CopyReport;
import org.salvusfs.daemon.management.ImportReport;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.RestoreReport;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.quota.policy.QuotaRule;

/**
 * What travels between daemon and client besides the records of {@code management}. Field names are
 * part of the API: {@code openapi.yaml} describes them.
 */
public final class Messages {
  private Messages() {}

  /**
   * Asks for a project.
   *
   * @param durability {@code host} or {@code quorum}; null: the configured default
   * @param compression {@code lz4} or {@code zstd}; null: LZ4
   * @param ownKey whether it gets a key of its own; null: no
   */
  public record NewProject(
      @Nullable String name,
      @Nullable String durability,
      @Nullable String compression,
      @Nullable Boolean ownKey) {}

  /**
   * Asks for another way to keep a project; null leaves a choice as it is.
   *
   * @param durability {@code host} or {@code quorum}
   * @param compression {@code lz4} or {@code zstd}
   */
  public record NewStorage(@Nullable String durability, @Nullable String compression) {}

  /**
   * Asks for a snapshot.
   *
   * @param name null: the time
   * @param comment null: none
   */
  public record NewSnapshot(@Nullable String name, @Nullable String comment) {}

  /** Asks for a hold, or its end. */
  public record Hold(@Nullable String tag) {}

  /**
   * Asks for a clone of a project.
   *
   * @param snapshot null: as it is now
   */
  public record NewClone(@Nullable String snapshot, @Nullable String name) {}

  /**
   * Asks for a check.
   *
   * @param repair null: no
   */
  public record NewCheck(@Nullable Boolean repair) {}

  /**
   * Asks for an import.
   *
   * @param directory absolute, of the daemon's machine
   */
  public record NewImport(@Nullable String directory) {}

  /**
   * Asks for a copy of something in a project.
   *
   * @param from id or name of the project that has it
   * @param snapshot null: as it is now
   * @param path null: all of it
   * @param to null: the target's top directory gets it
   * @param replace null: no
   */
  public record NewCopy(
      @Nullable String from,
      @Nullable String snapshot,
      @Nullable String path,
      @Nullable String to,
      @Nullable Boolean replace) {}

  /**
   * Asks for a backup.
   *
   * @param target a {@link org.salvusfs.daemon.management.TargetName}
   * @param projects ids or names; null: all
   * @param key {@code include} or {@code omit}; null: as the last time
   */
  public record NewBackup(
      @Nullable String target, @Nullable List<String> projects, @Nullable String key) {}

  /**
   * Asks for the projects of a backup.
   *
   * @param target a {@link org.salvusfs.daemon.management.TargetName}
   */
  public record NewRestore(@Nullable String target) {}

  /**
   * Asks for a file of a snapshot.
   *
   * @param to null: where it was
   */
  public record Restore(@Nullable String path, @Nullable String to) {}

  /**
   * Asks for a link to a directory of another project.
   *
   * @param from id or name of the other project
   * @param directory null: all of it
   * @param to null: the top directory of the project gets it
   * @param uid who shall own what it shows; null: the owner of the project's top directory
   * @param gid likewise, the group
   */
  public record NewLink(
      @Nullable String from,
      @Nullable String directory,
      @Nullable String to,
      @Nullable Long uid,
      @Nullable Long gid) {}

  /** Asks for the end of a link. */
  public record OldLink(@Nullable String path) {}

  /** Asks for another policy of automatic snapshots. */
  public record Policy(@Nullable String policy) {}

  /**
   * Asks for the end of a project in the trash.
   *
   * @param force null: no
   */
  public record Purge(@Nullable Boolean force) {}

  /** The pid of a daemon that was asked to stop. */
  public record Stopping(long pid) {}

  /** Whether a daemon serves: {@code serving}. */
  public record Health(String status) {}

  /**
   * A hard limit or a rule for one: see {@link QuotaRule}.
   *
   * @param times null: 0
   * @param bytes null: 0
   */
  public record Rule(@Nullable Double times, @Nullable Long bytes) {}

  /**
   * Asks for other limits; what is null and not in {@code remove} stays.
   *
   * @param remove limits that are to go: {@code quota}, {@code softBytes}, {@code inodes}
   */
  public record NewLimits(
      @Nullable Rule quota,
      @Nullable Long softBytes,
      @Nullable Long graceSeconds,
      @Nullable Long inodes,
      @Nullable Long reserveBytes,
      @Nullable List<String> remove) {
    public static final String QUOTA = "quota";
    public static final String SOFT = "softBytes";
    public static final String INODES = "inodes";

    /** The same in numbers that JSON's readers all understand. */
    public static NewLimits of(LimitsChange change) {
      var remove = new ArrayList<String>();
      QuotaRule quota = change.quota();
      Rule rule = null;
      if (quota != null && quota.equals(QuotaRule.NONE)) {
        remove.add(QUOTA);
      } else if (quota != null) {
        rule = new Rule(quota.times(), quota.bytes());
      }
      return new NewLimits(
          rule,
          unlessUnlimited(change.softBytes(), SOFT, remove),
          change.graceSeconds(),
          unlessUnlimited(change.inodes(), INODES, remove),
          change.reserveBytes(),
          remove);
    }

    private static @Nullable Long unlessUnlimited(
        @Nullable Long limit, String name, List<String> remove) {
      if (limit != null && limit == Limits.UNLIMITED) {
        remove.add(name);
        return null;
      }
      return limit;
    }
  }

  /**
   * Long work.
   *
   * @param kind what it does, in one word
   * @param project its project's id; null: it is about the whole installation
   * @param state {@code running}, {@code done}, {@code failed} or {@code cancelled}
   * @param revision grows with every change of the other fields
   * @param done units of work done
   * @param total estimate of all units, 0 while unknown
   * @param report what a check found, once it is done
   * @param imported what an import did, once it is done
   * @param copied what a copy consists of, once it is done
   * @param backedUp what a backup did, once it is done
   * @param restored what a restore did, once it is done
   * @param problem why it failed or was cancelled
   */
  public record JobStatus(
      String id,
      String kind,
      @Nullable String project,
      String state,
      long revision,
      long done,
      long total,
      @Nullable CheckReport report,
      @Nullable ImportReport imported,
      @Nullable CopyReport copied,
      @Nullable BackupReport backedUp,
      @Nullable RestoreReport restored,
      @Nullable Problem problem) {
    public static final String RUNNING = "running";

    public boolean isRunning() {
      return state.equals(RUNNING);
    }
  }

  /**
   * Asks for a token.
   *
   * @param name null: one is made up
   * @param scope {@code read}, {@code operate} or {@code admin}
   * @param project id or name of the only project that it is good for; null: all, and the daemon
   * @param expiresSeconds from now; null: never
   */
  public record NewToken(
      @Nullable String name,
      @Nullable String scope,
      @Nullable String project,
      @Nullable Long expiresSeconds) {}

  /**
   * A token without its secret.
   *
   * @param project id of the only project that it is good for; null: all
   * @param created ISO 8601
   * @param expires likewise; null: never
   * @param expired whether it is good for nothing any more
   */
  public record TokenStatus(
      String name,
      String scope,
      @Nullable String project,
      String created,
      @Nullable String expires,
      boolean expired) {}

  /** A new token with its secret, which nobody can ask for again. */
  public record TokenMade(TokenStatus token, String secret) {}
}
