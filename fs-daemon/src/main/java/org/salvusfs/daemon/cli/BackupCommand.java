package org.salvusfs.daemon.cli;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.KeyCopy;
import org.salvusfs.daemon.management.TargetName;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "backup",
    description =
        "Saves all projects with their snapshots to a directory or bucket; repeated, copies what is new.")
final class BackupCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(
      index = "0",
      paramLabel = "TARGET",
      converter = TargetConverter.class,
      description = {
        "directory on the daemon's machine that holds nothing but backups,",
        "or bucket: s3://NAME/PREFIX[?endpoint=URL&region=R&path-style=yes|no&profile=P]"
      })
  private TargetName target = TargetName.parse("/");

  @Option(
      names = "--project",
      paramLabel = "P",
      description = "save this one, and keep what the last backup has of the others (repeatable)")
  private List<String> projects = List.of();

  @Option(
      names = "--key",
      paramLabel = "include|omit",
      converter = KeyConverter.class,
      description =
          "whether the cluster key lies on the target (default: as the last time; at first, if a"
              + " passphrase protects it)")
  private @Nullable KeyCopy key;

  /** Reads the words of {@code --key}. */
  static final class KeyConverter implements ITypeConverter<KeyCopy> {
    @Override
    public KeyCopy convert(String word) {
      return switch (word.toLowerCase(Locale.ROOT)) {
        case "include" -> KeyCopy.INCLUDE;
        case "omit" -> KeyCopy.OMIT;
        default -> throw new TypeConversionException("expected include or omit");
      };
    }
  }

  private final Session session;

  BackupCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var line = new LiveLine(session.err(), session.terminal() && !common.json());
    BackupReport report;
    try (var bar = ProgressBar.ofSteps("saving", line)) {
      report = common.client().backups().backup(target, projects, Optional.ofNullable(key), bar);
    }
    session.say(report, common.json(), text(report));
    return (report.isComplete() ? ExitCode.OK : ExitCode.NEGATIVE).status();
  }

  private static String text(BackupReport report) {
    var lines = new StringBuilder();
    report.failures().forEach(failure -> lines.append(failure).append('\n'));
    return lines
        .append(
            "%d projects with %d snapshots are in %s (%s), %s copied"
                .formatted(
                    report.projects(),
                    report.snapshots(),
                    report.target(),
                    report.manifest(),
                    ProgressBar.megabytes(report.bytesCopied())))
        .append(
            report.keyIncluded()
                ? "; the cluster key is there, too"
                : "; the cluster key is not: keep cluster.key, without it nothing can be restored")
        .toString();
  }
}
