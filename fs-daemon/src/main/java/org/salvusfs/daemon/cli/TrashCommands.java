package org.salvusfs.daemon.cli;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.DeletedProject;
import org.salvusfs.daemon.management.ManagedTrash;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands about projects that are deleted. */
final class TrashCommands {
  private TrashCommands() {}

  /** What all of them share: a project, and what to say at the end. */
  abstract static class Each implements Callable<Integer> {
    @Mixin Common common = new Common();

    @Parameters(paramLabel = "ID", description = "id or name of the project")
    String id = "";

    private final Session session;

    Each(Session session) {
      this.session = session;
    }

    ManagedTrash trash() throws DaemonException {
      return common.client().trash();
    }

    Integer say(Object answer, String text) {
      session.say(answer, common.json(), text);
      return ExitCode.OK.status();
    }
  }

  @Command(
      name = "delete",
      description = "Puts a project into the trash, from where it can be brought back for a while.")
  static final class Delete extends Each {
    Delete(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var deleted = trash().delete(id);
      return say(deleted, "deleted " + deleted.name() + "; it is purged in " + left(deleted));
    }
  }

  @Command(name = "undelete", description = "Brings a project back from the trash.")
  static final class Undelete extends Each {
    Undelete(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var project = trash().undelete(id);
      return say(project, project.id() + " " + project.name());
    }
  }

  @Command(name = "purge", description = "Removes a project in the trash for good.")
  static final class Purge extends Each {
    @Option(names = "--force", description = "also if somebody holds snapshots of it")
    private boolean force;

    Purge(Session session) {
      super(session);
    }

    @Override
    public Integer call() throws DaemonException {
      var purged = trash().purge(id, force);
      return say(
          purged,
          "purged "
              + purged.name()
              + (purged.isKeptForClones() ? "; what its clones need stays until they go" : ""));
    }
  }

  static String table(List<DeletedProject> projects) {
    var table = new Table("PROJECT", "ID", "DELETED", ">TIME LEFT");
    for (var each : projects) {
      table.row(
          each.name(),
          each.id(),
          each.deleted(),
          each.state().equals("purging") ? "being purged" : left(each));
    }
    return table.text();
  }

  private static String left(DeletedProject project) {
    var left = Duration.ofSeconds(project.secondsLeft());
    return left.toDays() > 0
        ? left.toDays() + "d " + left.toHoursPart() + "h"
        : left.toHours() + "h " + left.toMinutesPart() + "min";
  }
}
