package org.salvusfs.daemon.api;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.zip.CRC32;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.EventStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events as they come, as server-sent events. Looks again and again, because other hosts write
 * events too, and spends at most about a tenth of the time looking.
 *
 * <p>An event's id is its time in microseconds and a checksum of the rest, so that ids sort by time
 * and are the same in every daemon: whoever comes back with the last one goes on behind it. Events
 * that are stored up to a minute late are still sent to those who listen.
 */
final class EventFeed implements Reply.Source {
  private static final Logger log = LoggerFactory.getLogger(EventFeed.class);
  private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LATE_NANOS = Duration.ofMinutes(1).toNanos();

  /** How long a stream may be silent: some proxies end it after half a minute. */
  private static final long SILENT_NANOS = Duration.ofSeconds(15).toNanos();

  private static final int REST_FACTOR = 10;
  private static final int MOST = 1000;

  /** Where events come from. */
  @FunctionalInterface
  interface Looking {
    /** The last events, newest first. */
    List<EventStatus> look(int days, int most) throws DaemonException;
  }

  private final Looking looking;
  private final LongSupplier wallClock;
  private final List<EventStatus> first;
  private final Set<String> seen = new HashSet<>();
  private String floor;
  private long lookedNanos;

  /**
   * Looks for the first time, so that a refusal is an answer of its own.
   *
   * @param wallClock nanoseconds since 1970
   * @param last id of the last event that was seen; empty: begins with the newest ones
   */
  EventFeed(Looking looking, LongSupplier wallClock, String last, int days, int most)
      throws DaemonException {
    this.looking = looking;
    this.wallClock = wallClock;
    this.floor = last;
    this.lookedNanos = wallClock.getAsLong();
    this.first = looking.look(days, last.isEmpty() ? most : Math.max(most, MOST));
  }

  @Override
  public void run(Reply.Sink sink) throws DaemonException, InterruptedException {
    boolean goesOn = sink.send("retry: 1000\n\n") && sendNew(first, sink);
    long silentSince = wallClock.getAsLong();
    while (goesOn) {
      long rest = Math.max(LOOK_NANOS, REST_FACTOR * (wallClock.getAsLong() - lookedNanos));
      goesOn = sink.pause(Math.min(rest, SILENT_NANOS)) && lookAgain(sink);
      if (goesOn && wallClock.getAsLong() - silentSince > SILENT_NANOS) {
        silentSince = wallClock.getAsLong();
        goesOn = sink.send(":\n\n");
      }
    }
  }

  private boolean lookAgain(Reply.Sink sink) throws DaemonException, InterruptedException {
    long before = wallClock.getAsLong();
    List<EventStatus> found;
    try {
      found = looking.look(2, MOST); // today and, around midnight, yesterday
    } catch (DaemonException.Unavailable e) {
      log.debug("events cannot be read now", e);
      return true;
    }
    var from = Instant.EPOCH.plus(lookedNanos - LATE_NANOS, ChronoUnit.NANOS);
    var late = idPrefix(from);
    floor = floor.compareTo(late) > 0 ? floor : late;
    lookedNanos = before;
    return sendNew(found, sink);
  }

  private boolean sendNew(List<EventStatus> found, Reply.Sink sink) throws InterruptedException {
    var present = new HashSet<String>();
    for (var event : found.reversed()) {
      var id = id(event);
      present.add(id);
      if (id.compareTo(floor) > 0
          && seen.add(id)
          && !sink.send("id: " + id + "\ndata: " + Json.line(event) + "\n\n")) {
        return false;
      }
    }
    seen.retainAll(present);
    return true;
  }

  private static String id(EventStatus event) {
    var rest = new CRC32();
    var text = event.project() + '\0' + event.kind() + '\0' + event.detail();
    rest.update(text.getBytes(StandardCharsets.UTF_8));
    return idPrefix(Instant.parse(event.at()))
        + String.format(Locale.ROOT, "-%08x", rest.getValue());
  }

  private static String idPrefix(Instant at) {
    return String.format(Locale.ROOT, "%016d", ChronoUnit.MICROS.between(Instant.EPOCH, at));
  }
}
