package org.salvusfs.daemon.api;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.DaemonFile;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.datadir.SmallFile;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/** The API of some daemon, announced in a directory as the wiring does it. */
public final class TestApi implements AutoCloseable {
  /** The daemon's own token. */
  public static final String TOKEN = "correct-horse";

  /** The text of {@code /metrics}. */
  public static final String METRICS = "salvus_up 1\n";

  static final Instant NOW = Instant.parse("2026-11-21T14:00:00Z");

  private final ApiServer server;
  private final Layout layout;
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong wallNanos =
      new AtomicLong(TimeUnit.SECONDS.toNanos(NOW.getEpochSecond()));

  private TestApi(Path directory, DaemonConfig.Control listening) throws DaemonException {
    this.layout = Layout.of(directory);
    this.server = ApiServer.bind(listening);
  }

  /** One that serves. */
  public static TestApi serving(Path directory, ManagedDaemon daemon)
      throws DaemonException, IOException {
    return serving(directory, daemon, onAnyPort());
  }

  static TestApi serving(Path directory, ManagedDaemon daemon, DaemonConfig.Control listening)
      throws DaemonException, IOException {
    var api = new TestApi(directory, listening);
    api.serve(daemon);
    return api;
  }

  /** One that has its port, and nothing to serve yet. */
  static TestApi starting(Path directory) throws DaemonException {
    return new TestApi(directory, onAnyPort());
  }

  static DaemonConfig.Control onAnyPort() {
    return new DaemonConfig.Control(InetAddress.ofLiteral("127.0.0.1"), 0, Optional.empty());
  }

  private void serve(ManagedDaemon daemon) throws DaemonException, IOException {
    server.serve(
        new ApiServer.Served(
            daemon,
            () -> METRICS,
            TOKEN,
            layout.tokens(),
            wallNanos::get,
            new SecureRandom(),
            executor));
    SmallFile.write(layout.controlToken(), TOKEN + "\n");
    new DaemonFile(
            ProcessHandle.current().pid(), server.url(), server.certificateSha256(), "/projects")
        .write(layout);
  }

  public int port() {
    return server.port();
  }

  /** A connection on which a request with the token was sent, or the beginning of its body. */
  Socket send(String request, String header, String body) throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), port());
    var text =
        "%s HTTP/1.1\r\nHost: x\r\n%s\r\nAuthorization: Bearer %s\r\n\r\n%s"
            .formatted(request, header, TOKEN, body);
    socket.getOutputStream().write(text.getBytes(US_ASCII));
    return socket;
  }

  String url() {
    return server.url();
  }

  Layout layout() {
    return layout;
  }

  /** Lets time go by for tokens and events. */
  void pass(long seconds) {
    wallNanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Override
  public void close() {
    server.close();
    executor.close();
  }
}
