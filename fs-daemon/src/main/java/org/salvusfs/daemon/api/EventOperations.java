package org.salvusfs.daemon.api;

import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/**
 * What is about events.
 *
 * @param wallClock nanoseconds since 1970
 */
record EventOperations(ManagedDaemon daemon, LongSupplier wallClock) {
  private static final String DAYS = "days";
  private static final String MOST = "most";
  private static final String FOLLOW = "follow";
  private static final int DAYS_DEFAULT = 30;
  private static final int DAYS_MAX = 366;
  private static final int MOST_DEFAULT = 100;
  private static final int MOST_MAX = 100_000;

  Reply ofAll(Call call) throws ProblemException, DaemonException {
    return events(call, Optional.empty());
  }

  Reply ofOne(Call call) throws ProblemException, DaemonException {
    return events(call, Optional.of(call.project()));
  }

  private Reply events(Call call, Optional<String> project)
      throws ProblemException, DaemonException {
    call.allow(DAYS, MOST, FOLLOW);
    int days = call.number(DAYS, DAYS_DEFAULT, 1, DAYS_MAX);
    int most = call.number(MOST, MOST_DEFAULT, 1, MOST_MAX);
    if (call.parameter(FOLLOW).isEmpty()) {
      return Answer.ok(daemon.events(project, days, most));
    }
    var feed =
        new EventFeed(
            (someDays, some) -> daemon.events(project, someDays, some),
            wallClock,
            Objects.requireNonNullElse(call.headers().get("Last-Event-ID"), ""),
            days,
            most);
    return new Reply.Stream("text/event-stream", feed);
  }
}
