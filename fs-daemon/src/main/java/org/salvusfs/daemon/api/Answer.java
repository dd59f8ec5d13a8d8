package org.salvusfs.daemon.api;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.control.Problem;
import org.salvusfs.daemon.control.Refusal;

/**
 * What a request is answered.
 *
 * @param type of the body; empty: there is none
 * @param headers besides the type
 */
record Answer(int status, String type, byte[] body, Map<String, String> headers) implements Reply {
  private static final String JSON = "application/json";
  private static final String PROBLEM = "application/problem+json";

  static Answer ok(Object value) {
    return json(200, value);
  }

  static Answer created(Object value) {
    return json(201, value);
  }

  /** Something was begun. */
  static Answer accepted(Object value) {
    return json(202, value);
  }

  /** It is done, and that is all there is to say. */
  static Answer done() {
    return new Answer(204, "", new byte[0], Map.of());
  }

  static Answer text(String type, byte[] text) {
    return new Answer(200, type, text, Map.of());
  }

  static Answer problem(Problem problem) {
    Map<String, String> headers =
        problem.status() == Refusal.UNAUTHORIZED.status()
            ? Map.of("WWW-Authenticate", "Bearer")
            : Map.of();
    return new Answer(problem.status(), PROBLEM, bytes(problem), headers);
  }

  /** The same with one header more, and no other. */
  Answer with(String header, String value) {
    return new Answer(status, type, body, Map.of(header, value));
  }

  private static Answer json(int status, Object value) {
    return new Answer(status, JSON, bytes(value), Map.of());
  }

  private static byte[] bytes(Object value) {
    return Json.line(value).getBytes(StandardCharsets.UTF_8);
  }
}
