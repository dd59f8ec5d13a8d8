package org.salvusfs.daemon.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FileDifference;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.SnapshotStatus;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "snapshot",
    description = "Keeps projects as they are at a moment, and brings that back.")
final class SnapshotCommand extends Group {
  static CommandLine commandLine(Session session) {
    return new CommandLine(new SnapshotCommand())
        .addSubcommand(new Create(session))
        .addSubcommand(new All(session))
        .addSubcommand(new Show(session))
        .addSubcommand(new Diff(session))
        .addSubcommand(new Delete(session))
        .addSubcommand(new Hold(session))
        .addSubcommand(new Release(session))
        .addSubcommand(new Restore(session))
        .addSubcommand(new Rollback(session));
  }

  /** What all of them share: a project, and what to say at the end. */
  abstract static class Each implements Callable<Integer> {
    @Mixin Common common = new Common();

    @Parameters(index = "0", paramLabel = "P", description = "id or name of the project")
    String project = "";

    final Session session;

    Each(Session session) {
      this.session = session;
    }

    ManagedSnapshots snapshots() throws DaemonException {
      return common.client().snapshots();
    }

    Integer say(Object answer, String text) {
      session.say(answer, common.json(), text);
      return ExitCode.OK.status();
    }
  }

  /** What is about one snapshot. */
  abstract static class One extends Each {
    @Parameters(index = "1", paramLabel = "S", description = "name of the snapshot")
    String snapshot = "";

    One(Session session) {
      super(session);
    }
  }

  @Command(
      name = "create",
      description = "Keeps a project as it is now, with everything that was done before.")
  static final class Create extends Each {
    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "NAME",
        description = "a free name: 1 to 255 bytes, no slash (default: the time in UTC)")
    private @Nullable String name;

    @Option(names = "--comment", paramLabel = "TEXT", description = "what it is for")
    private String comment = "";

    Create(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var made = snapshots().create(project, Optional.ofNullable(name), comment);
      return say(made, made.name());
    }
  }

  @Command(name = "list", description = "Lists the snapshots of a project, oldest first.")
  static final class All extends Each {
    All(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var all = snapshots().list(project);
      return say(all, table(all));
    }
  }

  @Command(name = "show", description = "Shows one snapshot.")
  static final class Show extends One {
    Show(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var shown = snapshots().show(project, snapshot);
      return say(shown, table(List.of(shown)) + "\n\nroot    " + shown.root());
    }
  }

  @Command(
      name = "diff",
      description = "Shows what was added (+), removed (-), renamed (R) and changed (M).")
  static final class Diff extends Each {
    @Parameters(index = "1", paramLabel = "A", description = "name of the earlier snapshot")
    private String earlier = "";

    @Parameters(
        index = "2",
        arity = "0..1",
        paramLabel = "B",
        description = "name of the later one (default: as it is now)")
    private @Nullable String later;

    Diff(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var differences = snapshots().diff(project, earlier, Optional.ofNullable(later));
      var lines = differences.stream().map(Diff::line).toList();
      return say(differences, lines.isEmpty() ? "no difference" : String.join("\n", lines));
    }

    private static String line(FileDifference one) {
      var before = Objects.requireNonNullElse(one.pathBefore(), "?");
      var after = Objects.requireNonNullElse(one.pathAfter(), "?");
      return switch (one.kind()) {
        case "added" -> "+ %s (%d bytes)".formatted(after, one.sizeAfter());
        case "removed" -> "- %s (%d bytes)".formatted(before, one.sizeBefore());
        case "renamed" ->
            "R %s -> %s (%d bytes written)".formatted(before, after, one.bytesWritten());
        default ->
            "M %s (%d -> %d bytes, %d written)"
                .formatted(after, one.sizeBefore(), one.sizeAfter(), one.bytesWritten());
      };
    }
  }

  @Command(name = "delete", description = "Deletes a snapshot that nobody holds.")
  static final class Delete extends One {
    Delete(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      snapshots().delete(project, snapshot);
      return say(List.of(), "deleted " + snapshot);
    }
  }

  /** The option of {@code hold} and {@code release}. */
  private static final class Tag {
    @Option(
        names = "--tag",
        paramLabel = "TAG",
        description = "who needs it (default: ${DEFAULT-VALUE})",
        defaultValue = "manual")
    private String tag = "";
  }

  @Command(name = "hold", description = "Keeps a snapshot from being deleted.")
  static final class Hold extends One {
    @Mixin private Tag tag = new Tag();

    Hold(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var held = snapshots().hold(project, snapshot, tag.tag);
      return say(held, table(List.of(held)));
    }
  }

  @Command(name = "release", description = "Takes back what hold did.")
  static final class Release extends One {
    @Mixin private Tag tag = new Tag();

    Release(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var released = snapshots().release(project, snapshot, tag.tag);
      return say(released, table(List.of(released)));
    }
  }

  @Command(
      name = "restore",
      description =
          "Brings one file or directory back; what the project is now is kept in a snapshot.")
  static final class Restore extends One {
    @Parameters(
        index = "2",
        paramLabel = "PATH",
        description = "the file or directory, from the project's top")
    private String path = "";

    @Option(
        names = "--to",
        paramLabel = "PATH",
        description = "where it shall be, from the project's top (default: where it was)")
    private @Nullable String to;

    Restore(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var before = snapshots().restore(project, snapshot, path, Optional.ofNullable(to));
      return say(before, "restored " + path + "; what was there is in snapshot " + before.name());
    }
  }

  @Command(
      name = "rollback",
      description = "Makes a project what it was; what it is now is kept in a snapshot.")
  static final class Rollback extends One {
    Rollback(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var before = snapshots().rollback(project, snapshot);
      return say(before, "rolled back; what was there is in snapshot " + before.name());
    }
  }

  private static String table(List<SnapshotStatus> snapshots) {
    var table = new Table("SNAPSHOT", "CREATED", "KIND", ">BYTES", ">INODES", "HOLDS", "COMMENT");
    for (var each : snapshots) {
      table.row(
          each.name(),
          each.created(),
          each.kind(),
          Long.toString(each.bytes()),
          Long.toString(each.inodes()),
          each.holds().isEmpty() ? "-" : String.join(",", each.holds()),
          each.comment());
    }
    return table.text();
  }
}
