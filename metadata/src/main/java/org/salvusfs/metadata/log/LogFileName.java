package org.salvusfs.metadata.log;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.ProjectId;

/**
 * The name of a live log file: {@code log-<project>-<owner>-<epoch>-<number>}, numbers in 16
 * hexadecimal digits. Ordered by age.
 *
 * @param owner the epoch that answers for the records: {@code epoch}, or a later one that adopted
 *     them when it recovered
 * @param epoch the epoch that wrote the records
 * @param number counts the files of {@code epoch} from 0
 */
record LogFileName(ProjectId project, long owner, long epoch, long number)
    implements Comparable<LogFileName> {
  private static final Pattern PATTERN =
      Pattern.compile(
          "log-([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
              + "-([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{16})");
  private static final Comparator<LogFileName> AGE =
      Comparator.comparingLong(LogFileName::epoch)
          .thenComparingLong(LogFileName::number)
          .thenComparingLong(LogFileName::owner);

  /** What {@code text} names, or null if it is no log file. */
  static @Nullable LogFileName parse(String text) {
    Matcher matcher = PATTERN.matcher(text);
    if (!matcher.matches()) {
      return null;
    }
    return new LogFileName(
        ProjectId.parse(matcher.group(1)),
        Long.parseUnsignedLong(matcher.group(2), 16),
        Long.parseUnsignedLong(matcher.group(3), 16),
        Long.parseUnsignedLong(matcher.group(4), 16));
  }

  LogFileName ownedBy(long newOwner) {
    return new LogFileName(project, newOwner, epoch, number);
  }

  /** Whether {@code other} is the file that its writer began right after this one. */
  boolean isFollowedBy(LogFileName other) {
    return other.epoch == epoch && other.number == number + 1;
  }

  @Override
  public int compareTo(LogFileName other) {
    return AGE.compare(this, other);
  }

  @Override
  public String toString() {
    return "log-%s-%016x-%016x-%016x".formatted(project, owner, epoch, number);
  }
}
