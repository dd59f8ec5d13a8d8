package org.salvusfs.daemon.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.FakeDaemon;

/** Files that are made while they are sent, as clients that know nothing of trailers see them. */
final class SentFileTest {
  private static final String EXPORT = "/v1/projects/demo/export";

  @TempDir private Path directory = Path.of("");
  private final FakeDaemon daemon = new FakeDaemon();
  private Optional<TestApi> api = Optional.empty();

  @BeforeEach
  void serve() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    api = Optional.of(TestApi.serving(directory, daemon));
  }

  @AfterEach
  void close() {
    api.ifPresent(TestApi::close);
  }

  @Test
  void file_thatEndsInTheMiddle_isABrokenConnection() throws Exception {
    try (var http = new Http(api.orElseThrow().url())) {
      assertEquals(200, http.get(EXPORT).statusCode());
      daemon.plant("damage");
      assertThrows(IOException.class, () -> http.get(EXPORT));
      assertEquals(200, http.get("/v1/status").statusCode());
    }
  }

  @Test
  void file_hasItsReportBehindIt_inAscii() throws Exception {
    daemon.plant("ü\u007f: a socket");
    var raw = raw();
    var end = raw.substring(raw.lastIndexOf("\r\n0\r\n"));
    assertTrue(end.startsWith("\r\n0\r\nSalvus-Report: {\"project\""), end);
    assertTrue(end.contains("[\"\\u00FC\\u007f: a socket\"]"), end);
    assertTrue(end.endsWith("\r\n\r\n"), end);
  }

  @Test
  void file_thatNobodyReads_endsWithTheDaemon() throws Exception {
    daemon.exportWithoutEnd();
    try (var socket = connected()) {
      assertTrue(socket.getInputStream().read() >= 0);
      daemon.requestStop();
      assertTrue(daemon.awaitExportEnd(Duration.ofMinutes(1)), "it is written and never read");
    }
  }

  @Test
  void files_beyondThoseSentAtOnce_waitForTheirTurn() throws Exception {
    daemon.exportWithoutEnd();
    var begun = new ArrayList<Socket>();
    try {
      for (int i = 0; i < Dispatcher.FILES_MAX; i++) {
        begun.add(connected());
        assertTrue(begun.getLast().getInputStream().read() >= 0);
      }
      try (var next = connected()) {
        next.setSoTimeout(300);
        assertThrows(SocketTimeoutException.class, () -> next.getInputStream().read());
        next.setSoTimeout(60_000);
        begun.getFirst().close();
        assertTrue(next.getInputStream().read() >= 0);
      }
    } finally {
      for (var socket : begun) {
        socket.close();
      }
    }
  }

  /** Everything that comes before the server closes the connection, as it was asked to. */
  private String raw() throws IOException {
    try (var socket = connected()) {
      var text = new String(socket.getInputStream().readAllBytes(), US_ASCII);
      assertFalse(text.isEmpty());
      return text;
    }
  }

  private Socket connected() throws IOException {
    return api.orElseThrow().send("GET " + EXPORT, "Connection: close", "");
  }
}
