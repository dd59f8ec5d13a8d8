package org.salvusfs.daemon.cli;

import java.time.Duration;
import java.util.Map;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/** Watches over a daemon in this process until it is asked, or interrupted, to stop; closes it. */
final class DaemonRun {
  private static final Duration GLANCE = Duration.ofSeconds(1);

  private final Session session;
  private final boolean json;

  DaemonRun(Session session, boolean json) {
    this.session = session;
    this.json = json;
  }

  /** One of the steps of a start, for people. */
  void progress(String step) {
    if (!json) {
      session.out().println("salvus: " + step);
      session.out().flush();
    }
  }

  /** Returns when the daemon has ended. */
  void untilStopped(ManagedDaemon daemon) throws DaemonException {
    var live = new LiveLine(session.out(), session.terminal() && !json);
    try (daemon) {
      try {
        while (!daemon.awaitStopRequest(GLANCE)) {
          if (session.terminal() && !json) {
            live.show(glance(daemon));
          }
        }
      } catch (InterruptedException signalled) {
        progress("stopping"); // closing goes on uninterrupted: the exception cleared the flag
      } finally {
        live.clear();
      }
    }
    if (!json) {
      progress("stopped");
    } else {
      session.out().println(Json.pretty(Map.of("stopped", ProcessHandle.current().pid())));
    }
  }

  private static String glance(ManagedDaemon daemon) {
    try {
      return StatusText.live(daemon.status());
    } catch (DaemonException e) {
      return String.valueOf(e.getMessage());
    }
  }
}
