package org.salvusfs.daemon.cli;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.LinkRequest;
import org.salvusfs.daemon.management.LinkStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands about links between projects. */
final class LinkCommands {
  private LinkCommands() {}

  @Command(
      name = "link",
      description = "Shows a directory of a project in another one, read-only, as its owner's.")
  static final class Link implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(index = "0", paramLabel = "P", description = "the project that has the directory")
    private String project = "";

    @Parameters(
        index = "1",
        paramLabel = "DIR",
        description = "the directory, from the project's top; /: all of it")
    private String directory = "";

    @Parameters(
        index = "2",
        paramLabel = "TARGET[:PATH]",
        description =
            "the project that gets the link, and where; nothing, or a slash at its end: in there")
    private String target = "";

    @Option(
        names = "--owner",
        paramLabel = "UID:GID",
        description = "who owns what it shows (default: the owner of TARGET)")
    private @Nullable String owner;

    private final Session session;

    Link(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      int colon = target.indexOf(':');
      var to = colon < 0 ? "" : target.substring(colon + 1);
      var request = new LinkRequest(project, directory, to, id(0), id(1));
      var name = colon < 0 ? target : target.substring(0, colon);
      var link = common.client().links().link(name, request);
      session.say(link, common.json(), line(link));
      return ExitCode.OK.status();
    }

    /** The user (0) or the group (1) of {@code --owner}. */
    private Optional<Long> id(int index) throws DaemonException.Invalid {
      if (owner == null) {
        return Optional.empty();
      }
      var ids = owner.split(":", -1);
      try {
        if (ids.length == 2) {
          return Optional.of(Long.parseLong(ids[index]));
        }
      } catch (NumberFormatException e) {
        throw new DaemonException.Invalid(
            "--owner takes two numbers, such as 1000:1000, not \"%s\"".formatted(owner));
      }
      throw new DaemonException.Invalid(
          "--owner takes a user and a group, such as 1000:1000, not \"%s\"".formatted(owner));
    }

    private static String line(LinkStatus link) {
      return "%s shows %s of %s"
          .formatted(
              link.path(),
              link.directory().isEmpty() ? "all" : link.directory(),
              Objects.requireNonNullElse(link.fromName(), link.from()));
    }
  }

  @Command(name = "links", description = "Lists the links in a project.")
  static final class All implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "ID", description = "id or name of the project")
    private String id = "";

    private final Session session;

    All(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var links = common.client().links().list(id);
      session.say(links, common.json(), table(links));
      return ExitCode.OK.status();
    }

    private static String table(List<LinkStatus> links) {
      var table = new Table("PATH", "SHOWS", "OF", ">UID", ">GID");
      for (var link : links) {
        table.row(
            link.path(),
            "/" + link.directory(),
            Objects.requireNonNullElse(link.fromName(), link.from() + " (deleted)"),
            Long.toString(link.uid()),
            Long.toString(link.gid()));
      }
      return table.text();
    }
  }

  @Command(name = "unlink", description = "Removes a link; what it shows stays where it is.")
  static final class Unlink implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "TARGET:PATH", description = "the project that has it, and where")
    private String link = "";

    private final Session session;

    Unlink(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var place = NamedPath.of(link);
      var removed = common.client().links().unlink(place.state().project(), place.path());
      session.say(removed, common.json(), "removed the link " + removed.path());
      return ExitCode.OK.status();
    }
  }
}
