package org.salvusfs.daemon.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Answers that are texts. */
final class Documents {
  private Documents() {}

  /** Prometheus' text format. */
  static Answer metrics(String text) {
    return Answer.text(
        "text/plain; version=0.0.4; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
  }

  /** The API's description. */
  static Answer openApi() {
    try (var document = Documents.class.getResourceAsStream("openapi.yaml")) {
      if (document == null) {
        throw new IllegalStateException("openapi.yaml is not in the jar");
      }
      return Answer.text("application/yaml", document.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
