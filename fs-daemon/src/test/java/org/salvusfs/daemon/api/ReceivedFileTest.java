package org.salvusfs.daemon.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.control.StreamKeys;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FakeDaemon;
import org.salvusfs.daemon.management.StreamWish;

/** Files that are the body of a request, from the command's end to the handler's. */
final class ReceivedFileTest {
  private static final int LONG_BYTES = 40_000_000;

  @TempDir private Path directory = Path.of("");
  private final FakeDaemon daemon = new FakeDaemon();
  private Optional<TestApi> api = Optional.empty();

  @BeforeEach
  void serve() throws Exception {
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    daemon.snapshots().create("demo", Optional.of("first"), "");
    api = Optional.of(TestApi.serving(directory, daemon));
  }

  @AfterEach
  void close() {
    api.ifPresent(TestApi::close);
  }

  private ControlClient client() throws DaemonException {
    return ControlClient.of(api.orElseThrow().layout());
  }

  /** A stream that is taken for one into that project, and is long. */
  private static InputStream stream(String project) {
    var words = "{\"project\":\"%s\"}".formatted(project).getBytes(US_ASCII);
    return new SequenceInputStream(
        new ByteArrayInputStream(words), new ByteArrayInputStream(new byte[LONG_BYTES]));
  }

  @Test
  void file_longerThanAnyBuffer_arrives() throws Exception {
    var report = client().streams().receive(Optional.empty(), Optional.empty(), stream("new"));
    assertEquals("new", report.name());
    assertTrue(report.isNew());
    assertEquals("{\"project\":\"new\"}".length() + LONG_BYTES, daemon.receivedBytes());
    assertEquals(2, client().projects().size());
  }

  /** The client sends all of it before it reads the answer, which must be there then. */
  @Test
  void file_thatIsRefusedAtOnce_isSentToItsEnd_andTheRefusalIsHeard() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThrows(
          DaemonException.NameTaken.class,
          () -> client().streams().receive(Optional.empty(), Optional.empty(), stream("demo")));
    }
    assertEquals("new", receiveShort("new"));
  }

  private String receiveShort(String name) throws DaemonException {
    var nothing = new ByteArrayInputStream(new byte[0]);
    return client().streams().receive(Optional.of(name), Optional.empty(), nothing).name();
  }

  @Test
  void file_thatCannotBeRead_orBreaksOff_isNoFileThatArrived() throws Exception {
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("the tape is torn");
          }

          @Override
          public int read(byte[] into, int from, int count) throws IOException {
            throw new IOException("the tape is torn");
          }
        };
    var refused =
        assertThrows(
            DaemonException.Obstructed.class,
            () -> client().streams().receive(Optional.of("new"), Optional.empty(), broken));
    assertTrue(String.valueOf(refused.getMessage()).contains("the tape is torn"));

    sending(1_000_000).close();
    assertEquals("after", receiveShort("after"));
  }

  /** A connection on which the first four bytes of a file are sent. */
  private Socket sending(int length) throws IOException {
    return api.orElseThrow().send("POST /v1/receives", "Content-Length: " + length, "half");
  }

  @Test
  void files_beyondThoseReceivedAtOnce_waitForTheirTurn() throws Exception {
    var begun = new ArrayList<Socket>();
    try {
      for (int i = 0; i < Dispatcher.FILES_MAX; i++) {
        begun.add(sending(1_000_000));
      }
      assertTrue(daemon.awaitReceives(Dispatcher.FILES_MAX));
      try (var next = sending(4)) {
        next.setSoTimeout(300);
        assertThrows(SocketTimeoutException.class, () -> next.getInputStream().read());
        next.setSoTimeout(60_000);
        begun.getFirst().close();
        assertEquals('H', next.getInputStream().read());
      }
    } finally {
      for (var socket : begun) {
        socket.close();
      }
    }
  }

  @Test
  void key_travelsInAHeader_andIsRefusedIfItIsNone() throws Exception {
    byte[] secret = new byte[ClusterKey.BYTES];
    Arrays.fill(secret, (byte) 7);
    var key = Optional.of(ClusterKey.of(secret));
    var out = new ByteArrayOutputStream();
    var wish = new StreamWish("demo", "first", Optional.of("earlier"), 3);
    var report = client().streams().export(wish, key, out);
    assertEquals(out.size(), report.bytes());
    assertArrayEquals(
        "roject\":\"demo\",\"since\":\"earlier\"}".getBytes(US_ASCII), out.toByteArray());
    assertEquals(key, daemon.streamKeys().getLast());
    try (var http = new Http(api.orElseThrow().url())) {
      var answer =
          http.lines(
              "/v1/projects/demo/snapshots/first/stream", Map.of(StreamKeys.HEADER, "12345"));
      assertEquals(400, answer.statusCode());
      assertTrue(answer.body().toList().toString().contains("64 hexadecimal digits"));
    }
  }
}
