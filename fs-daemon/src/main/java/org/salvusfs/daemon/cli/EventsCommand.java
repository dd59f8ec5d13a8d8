package org.salvusfs.daemon.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.EventStatus;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "events",
    description = "Shows what happened to projects, newest first; with --follow, as it happens.")
final class EventsCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(
      arity = "0..1",
      paramLabel = "ID",
      description = "id or name of a project (default: all)")
  private @Nullable String id;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "how far back (default: ${DEFAULT-VALUE})",
      defaultValue = "30")
  private int days;

  @Option(
      names = "--most",
      paramLabel = "N",
      description = "how many at most (default: ${DEFAULT-VALUE})",
      defaultValue = "100")
  private int most;

  @Option(names = "--follow", description = "go on with what happens; Ctrl-C ends it")
  private boolean follow;

  private final Session session;

  EventsCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    if (follow) {
      common.client().followEvents(Optional.ofNullable(id), days, most, this::show);
    }
    var events = common.client().events(Optional.ofNullable(id), days, most);
    session.say(events, common.json(), text(events));
    return ExitCode.OK.status();
  }

  /** A line, at once: somebody may wait for it. */
  private void show(EventStatus event) {
    session
        .out()
        .println(
            common.json()
                ? Json.line(event)
                : String.join("  ", event.at(), event.project(), event.kind(), event.detail()));
    session.out().flush();
  }

  private static String text(List<EventStatus> events) {
    var table = new Table("TIME", "PROJECT", "KIND", "DETAIL");
    events.forEach(event -> table.row(event.at(), event.project(), event.kind(), event.detail()));
    return table.text();
  }
}
