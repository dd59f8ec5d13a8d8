package org.salvusfs.daemon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.LimitsSet;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.quota.policy.QuotaRule;
import org.salvusfs.quota.policy.Sizes;
import org.salvusfs.quota.policy.Spans;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "set",
    description =
        "Changes what projects may use, and what is kept of them. Sizes take K, M, G, T (powers of 1024).")
final class SetCommand implements Callable<Integer> {
  private static final String NONE = "none";

  @Mixin private Common common = new Common();

  @Parameters(arity = "1..*", paramLabel = "ID", description = "ids or names of the projects")
  private List<String> ids = List.of();

  @Option(
      names = "--quota",
      paramLabel = "SIZE",
      description =
          "hard limit; 2x: twice what is in use; 2x,4G: the larger of the two; none: no limit")
  private @Nullable String quota;

  @Option(
      names = "--soft",
      paramLabel = "SIZE",
      description = "limit that users may exceed for the time of grace, or none")
  private @Nullable String soft;

  @Option(names = "--grace", paramLabel = "SPAN", description = "such as 12h or 7d")
  private @Nullable String grace;

  @Option(
      names = "--inodes",
      paramLabel = "N",
      description = "how many files, directories and so on, or none")
  private @Nullable String inodes;

  @Option(
      names = "--reserve",
      paramLabel = "SIZE",
      description = "the last part of the quota, which only root may use, or none")
  private @Nullable String reserve;

  @Option(
      names = "--snapshots",
      paramLabel = "POLICY",
      description =
          "which automatic snapshots stay, such as 15m:4,1h:24,1d:7,1w:4,30d:12; none; default")
  private @Nullable String snapshots;

  @Mixin private StorageOptions storage = new StorageOptions();

  @Spec private CommandSpec spec = CommandSpec.create();
  private final Session session;

  SetCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var change =
        new LimitsChange(
            read("--quota", quota, QuotaRule::parse),
            read("--soft", soft, text -> orNone(text, Limits.UNLIMITED, Sizes::parse)),
            read("--grace", grace, text -> Spans.parse(text).toSeconds()),
            read("--inodes", inodes, text -> orNone(text, Limits.UNLIMITED, SetCommand::count)),
            read("--reserve", reserve, text -> orNone(text, 0, Sizes::parse)));
    boolean isOfLimits = !change.equals(new LimitsChange(null, null, null, null, null));
    var kept = storage.change();
    boolean isOfStorage = kept.durability() != null || kept.compression() != null;
    if (!isOfLimits && !isOfStorage && snapshots == null) {
      throw new ParameterException(
          spec.commandLine(),
          "what? --quota, --soft, --grace, --inodes, --reserve, --snapshots, --durability or --compression");
    }
    var client = common.client();
    var done = new ArrayList<LimitsSet>();
    for (String id : ids) {
      var warnings = new ArrayList<String>();
      if (isOfStorage) {
        warnings.addAll(later(client.setStorage(id, kept)));
      }
      if (snapshots != null) {
        client.snapshots().setPolicy(id, snapshots);
      }
      if (isOfLimits) {
        warnings.addAll(client.setLimits(id, change).warnings());
      }
      var set = new LimitsSet(client.project(id), warnings);
      set.warnings()
          .forEach(warning -> session.err().println(set.project().name() + ": " + warning));
      done.add(set);
    }
    session
        .out()
        .println(
            common.json()
                ? Json.pretty(done)
                : StatusText.projects(done.stream().map(LimitsSet::project).toList()));
    return ExitCode.OK.status();
  }

  /** What was asked for and does not hold yet. */
  private static List<String> later(ProjectStatus project) {
    var now = project.durabilityNow();
    return now == null || now.equals(project.durability())
        ? List.of()
        : List.of(
            "its durability is %s until it is opened next: at the daemon's next start"
                .formatted(now));
  }

  private <T> @Nullable T read(String option, @Nullable String text, Function<String, T> reader) {
    if (text == null) {
      return null;
    }
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), option + ": " + e.getMessage(), e);
    }
  }

  private static long orNone(String text, long none, Function<String, Long> reader) {
    return text.equals(NONE) ? none : reader.apply(text);
  }

  private static long count(String text) {
    try {
      return Integer.toUnsignedLong(Integer.parseUnsignedInt(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is no whole number", e);
    }
  }
}
