package org.salvusfs.daemon.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ProjectStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "project", description = "Creates and shows projects, and says what they may use.")
final class ProjectCommand extends Group {
  /** A project, a fact a line. */
  private static String text(ProjectStatus project) {
    return StatusText.projects(List.of(project))
        + "\n\ncreated "
        + project.created()
        + "\n"
        + QuotaText.of(project)
        + "\n"
        + kept(project)
        + "\nsnapshots "
        + Objects.requireNonNullElse(project.snapshots(), "as configured")
        + (project.root() == null ? "\nnot open here" : "\nroot    " + project.root());
  }

  private static String kept(ProjectStatus project) {
    var now = project.durabilityNow();
    return "durability "
        + project.durability()
        + (now == null || now.equals(project.durability())
            ? ""
            : " when it is opened next, " + now + " until then")
        + "\ncompression "
        + project.compression()
        + (project.ownKey() ? "\nkey     its own" : "");
  }

  @Command(name = "create", description = "Creates an empty project.")
  static final class Create implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "NAME", description = "a free name: 1 to 255 bytes, no slash")
    private String name = "";

    @Mixin private StorageOptions storage = new StorageOptions();

    @Option(
        names = "--own-key",
        description =
            "seals everything in it under a key of its own, which a purge destroys; it shares no storage with others, and cannot be cloned")
    private boolean ownKey;

    private final Session session;

    Create(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var wanted = storage.change();
      var project =
          common
              .client()
              .createProject(
                  name,
                  Optional.ofNullable(wanted.durability()),
                  Optional.ofNullable(wanted.compression()),
                  ownKey);
      session.say(project, common.json(), project.id() + " " + project.name());
      return ExitCode.OK.status();
    }
  }

  @Command(name = "list", description = "Lists all projects, or those that are deleted.")
  static final class All implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Option(names = "--deleted", description = "those in the trash, with the time they have left")
    private boolean deleted;

    private final Session session;

    All(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      if (deleted) {
        var trash = common.client().trash().list();
        session.say(trash, common.json(), TrashCommands.table(trash));
        return ExitCode.OK.status();
      }
      var projects = common.client().projects();
      session.say(projects, common.json(), StatusText.projects(projects));
      return ExitCode.OK.status();
    }
  }

  @Command(name = "show", description = "Shows one project.")
  static final class Show implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "ID", description = "id or name of the project")
    private String id = "";

    private final Session session;

    Show(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var project = common.client().project(id);
      session.say(project, common.json(), text(project));
      return ExitCode.OK.status();
    }
  }

  @Command(
      name = "clone",
      description = "Makes a project that begins as another one is, or was at a snapshot.")
  static final class Clone implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(
        index = "0",
        paramLabel = "P[@S]",
        description = "id or name of a project, and perhaps the name of its snapshot")
    private String origin = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "a free name for the new project")
    private String name = "";

    private final Session session;

    Clone(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var from = NamedState.of(origin);
      var made = common.client().snapshots().cloneProject(from.project(), from.snapshot(), name);
      session.say(made, common.json(), made.id() + " " + made.name());
      return ExitCode.OK.status();
    }
  }
}
