package org.salvusfs.daemon.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.DaemonException;

/**
 * Requests to one daemon. Uses {@link HttpURLConnection}, which loads in a fraction of the time
 * that {@code java.net.http} takes: commands should feel immediate.
 */
record Connection(Layout layout, DaemonFile daemon, String token) {
  private static final int CONNECT_MILLIS = 5_000;
  private static final int FIRST_REFUSAL = 400;
  private static final int DOWNLOAD_BYTES = 256 << 10;

  static DaemonException.NotRunning notRunning(Layout layout) {
    return new DaemonException.NotRunning(
        "no daemon is running on "
            + layout.directory()
            + "; start one with ./salvus dev, or name its directory with --data");
  }

  /** A word as a part of a path or a query. */
  static String encoded(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What a problem was on the other end. */
  static DaemonException exception(Problem problem) {
    return Refusal.ofType(problem.type())
        .map(refusal -> refusal.exception(problem.detail()))
        .orElseGet(() -> new DaemonException.Failed(problem.detail()));
  }

  <T> T ask(String method, String path, @Nullable Object body, Class<T> type)
      throws DaemonException {
    try (var answer = open(method, path, body)) {
      return Json.read(new String(answer.readAllBytes(), StandardCharsets.UTF_8), type);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  void order(String method, String path) throws DaemonException {
    try (var answer = open(method, path, null)) {
      answer.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /**
   * Reads server-sent events until the daemon ends them, or the connection breaks.
   *
   * @param path what to ask for
   * @param from goes on behind the last one that it has seen, and hears the next ones
   */
  void follow(String path, ServerSentEvents from) throws DaemonException {
    try {
      var connection = connection(path);
      if (!from.lastId().isEmpty()) {
        connection.setRequestProperty("Last-Event-ID", from.lastId());
      }
      try (var lines =
          new BufferedReader(
              new InputStreamReader(open(connection, "GET", null), StandardCharsets.UTF_8))) {
        for (var line = next(lines); line != null; line = next(lines)) {
          from.line(line);
        }
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** Null at the end, whichever way it came: whoever follows looks for the daemon again. */
  private static @Nullable String next(BufferedReader lines) {
    try {
      return lines.readLine();
    } catch (IOException broken) {
      return null;
    }
  }

  /** Takes what a connection brings. */
  @FunctionalInterface
  interface Receiver {
    void take(byte[] bytes, int count) throws DaemonException;
  }

  /**
   * Receives a file that the daemon makes while it sends it.
   *
   * @param path what to ask for
   * @param headers of the request
   * @return the report that stands behind the file: it is whole
   * @throws DaemonException what the daemon says of why it is not, or that the connection broke
   */
  <T> T download(String path, Map<String, String> headers, Receiver into, Class<T> report)
      throws DaemonException {
    try {
      var connection = connection(path);
      headers.forEach(connection::setRequestProperty);
      connection.setRequestProperty(Trailers.TE, Trailers.TE_TRAILERS);
      var in = open(connection, "GET", null);
      try {
        receive(in, into);
        return report(connection, report);
      } finally {
        connection.disconnect(); // what was not read is not waited for
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /**
   * Sends a file of unknown length.
   *
   * @param headers of the request
   * @param file is read to its end, also if the daemon refuses it earlier; is not closed
   * @throws DaemonException.Obstructed if it cannot be read
   */
  <T> T upload(String path, Map<String, String> headers, Sender file, Class<T> type)
      throws DaemonException {
    try {
      var connection = connection(path);
      headers.forEach(connection::setRequestProperty);
      connection.setDoOutput(true);
      connection.setChunkedStreamingMode(DOWNLOAD_BYTES);
      connection.setRequestProperty("Content-Type", "application/octet-stream");
      try (var answer = open(connection, "POST", file)) {
        return Json.read(new String(answer.readAllBytes(), StandardCharsets.UTF_8), type);
      } finally {
        connection.disconnect(); // what a failure left unsent is not to be sent
      }
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** Writes the body of a request. */
  @FunctionalInterface
  interface Sender {
    void send(OutputStream out) throws IOException, DaemonException;
  }

  private static void receive(InputStream in, Receiver into) throws IOException, DaemonException {
    var buffer = new byte[DOWNLOAD_BYTES];
    for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
      into.take(buffer, count);
    }
  }

  /** Trailers are among the headers as soon as the body was read to its end. */
  private static <T> T report(HttpURLConnection connection, Class<T> type)
      throws IOException, DaemonException {
    var problem = connection.getHeaderField(Trailers.PROBLEM);
    if (problem != null) {
      throw exception(Json.read(problem, Problem.class));
    }
    var report = connection.getHeaderField(Trailers.REPORT);
    if (report == null) {
      throw new EOFException("there is no report behind the file");
    }
    return Json.read(report, type);
  }

  private InputStream open(String method, String path, @Nullable Object body)
      throws DaemonException, IOException {
    var connection = connection(path);
    if (body == null) {
      return open(connection, method, null);
    }
    connection.setDoOutput(true);
    connection.setRequestProperty("Content-Type", "application/json");
    return open(
        connection, method, out -> out.write(Json.line(body).getBytes(StandardCharsets.UTF_8)));
  }

  /** The body of an answer; what is refused is thrown. */
  private InputStream open(HttpURLConnection connection, String method, @Nullable Sender body)
      throws DaemonException, IOException {
    connection.setRequestMethod(method);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setRequestProperty("Authorization", "Bearer " + token);
    try {
      if (body != null) {
        try (var out = connection.getOutputStream()) {
          body.send(out);
        }
      }
      if (connection.getResponseCode() < FIRST_REFUSAL) {
        return connection.getInputStream();
      }
    } catch (ConnectException | SSLHandshakeException e) {
      throw notRunning(layout); // nobody is there, or somebody who shows another certificate
    }
    throw refused(connection);
  }

  private HttpURLConnection connection(String path) throws IOException {
    var url = URI.create(daemon.url() + path).toURL();
    var connection = (HttpURLConnection) url.openConnection(Proxy.NO_PROXY);
    var certificate = daemon.certificateSha256();
    if (connection instanceof HttpsURLConnection tls && certificate != null) {
      new Pin(certificate).apply(tls);
    }
    return connection;
  }

  private DaemonException refused(HttpURLConnection connection) throws IOException {
    var status = connection.getResponseCode();
    try (var body = connection.getErrorStream()) {
      var text = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
      var problem = Json.read(text, Problem.class);
      return problem.type().equals(Refusal.UNAUTHORIZED.type())
          ? notRunning(layout) // the port of a daemon that died now belongs to another one
          : exception(problem);
    } catch (JsonProcessingException e) {
      return new DaemonException.Failed(
          "%s is not answered by a SalvusFS daemon (HTTP %d); the file %s is stale"
              .formatted(daemon.url(), status, layout.daemonFile()),
          e);
    }
  }

  private DaemonException broken(IOException e) {
    return new DaemonException.Failed(
        "the daemon (pid " + daemon.pid() + ") broke off the conversation (" + e + ")", e);
  }
}
