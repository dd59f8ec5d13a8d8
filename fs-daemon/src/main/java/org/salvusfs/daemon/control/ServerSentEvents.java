package org.salvusfs.daemon.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.util.function.Consumer;
import org.salvusfs.daemon.management.EventStatus;

/**
 * Reads a stream of server-sent events, line by line, and remembers where it was.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the format</a>
 */
final class ServerSentEvents {
  private final Consumer<EventStatus> heard;
  private String lastId = "";
  private String id = "";
  private String data = "";

  ServerSentEvents(Consumer<EventStatus> heard) {
    this.heard = heard;
  }

  /** Of the last event that was heard; empty: none was. */
  String lastId() {
    return lastId;
  }

  /** The next line; an empty one ends an event. */
  void line(String line) throws JsonProcessingException {
    if (line.startsWith("id:")) {
      id = line.substring("id:".length()).strip();
    } else if (line.startsWith("data:")) {
      data = line.substring("data:".length()).strip();
    } else if (line.isEmpty() && !data.isEmpty()) {
      heard.accept(Json.read(data, EventStatus.class));
      lastId = id;
      data = "";
    }
  }
}
