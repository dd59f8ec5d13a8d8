package org.salvusfs.daemon.control;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedSnapshots;

/** The part of the channel that is about snapshots: {@code /projects/P/…}. */
record SnapshotRequests(ManagedSnapshots snapshots) {
  /**
   * Answers a request.
   *
   * @param words the decoded path; the first is empty, the third the project
   */
  Object answer(HttpExchange exchange, List<String> words) throws IOException, DaemonException {
    var project = words.get(2);
    var method = exchange.getRequestMethod();
    return switch (method + " " + words.get(3) + " " + words.size()) {
      case "GET snapshots 4" -> snapshots.list(project);
      case "POST snapshots 4" -> {
        var wanted = ControlServer.body(exchange, Messages.NewSnapshot.class, "a snapshot");
        yield snapshots.create(project, Optional.ofNullable(wanted.name()), wanted.comment());
      }
      case "POST clones 4" -> {
        var wanted = ControlServer.body(exchange, Messages.NewClone.class, "a clone");
        yield snapshots.cloneProject(
            project, Optional.ofNullable(wanted.snapshot()), wanted.name());
      }
      case "POST policy 4" -> {
        var wanted = ControlServer.body(exchange, Messages.Policy.class, "a policy");
        yield snapshots.setPolicy(project, wanted.policy());
      }
      case "GET snapshots 5" -> snapshots.show(project, words.get(4));
      case "DELETE snapshots 5" -> {
        snapshots.delete(project, words.get(4));
        yield List.of();
      }
      case "GET differences 5" -> snapshots.diff(project, words.get(4), Optional.empty());
      case "GET differences 6" -> snapshots.diff(project, words.get(4), Optional.of(words.get(5)));
      case "POST snapshots 6" -> changed(exchange, project, words.get(4), words.get(5));
      default -> throw unknown(exchange);
    };
  }

  private Object changed(HttpExchange exchange, String project, String snapshot, String verb)
      throws IOException, DaemonException {
    return switch (verb) {
      case "hold" -> snapshots.hold(project, snapshot, tag(exchange));
      case "restore" -> {
        var wanted = ControlServer.body(exchange, Messages.Restore.class, "a restore");
        yield snapshots.restore(project, snapshot, wanted.path(), Optional.ofNullable(wanted.to()));
      }
      case "rollback" -> snapshots.rollback(project, snapshot);
      case "release" -> snapshots.release(project, snapshot, tag(exchange));
      default -> throw unknown(exchange);
    };
  }

  private static String tag(HttpExchange exchange) throws IOException, DaemonException {
    return ControlServer.body(exchange, Messages.Hold.class, "a hold").tag();
  }

  private static DaemonException unknown(HttpExchange exchange) {
    return new DaemonException.Invalid(
        exchange.getRequestMethod() + " " + exchange.getRequestURI() + " means nothing");
  }
}
