package org.salvusfs.daemon.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.EventStatus;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.salvusfs.metadata.api.Durability;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The daemon's end of the control channel. */
public final class ControlServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ControlServer.class);
  private static final int REQUEST_BYTES_MAX = 1 << 20;

  /** How long an answer that is being sent may take at the end. */
  private static final int LAST_ANSWER_SECONDS = 1;

  private final AtomicBoolean closed = new AtomicBoolean();
  private final HttpServer server;
  private final byte[] authorization;

  private ControlServer(HttpServer server, String token) {
    this.server = server;
    this.authorization = ("Bearer " + token).getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Takes the port; nothing is served before {@link #serve}.
   *
   * @param port 0: any free one
   * @param token what a request must show
   * @throws DaemonException.Obstructed if the port is taken
   */
  public static ControlServer bind(int port, String token) throws DaemonException {
    try {
      var address = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
      return new ControlServer(HttpServer.create(address, 0), token);
    } catch (BindException e) {
      throw new DaemonException.Obstructed(
          "port %d on 127.0.0.1 is taken (%s); set control.port to another one, or to 0"
              .formatted(port, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new DaemonException.Obstructed("the control channel cannot be opened (" + e + ")", e);
    }
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /**
   * Starts to answer.
   *
   * @param metrics the text of {@code /metrics}
   * @param executor runs requests; some of them last
   */
  public void serve(ManagedDaemon daemon, Supplier<String> metrics, Executor executor) {
    server.setExecutor(executor);
    server.createContext(
        "/metrics",
        exchange -> send(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", metrics.get()));
    context("/status", exchange -> daemon.status());
    context("/projects", exchange -> projects(daemon, exchange));
    context("/trash", exchange -> daemon.trash().list());
    context("/events", exchange -> events(daemon, Optional.empty(), exchange));
    context(
        "/commit",
        exchange -> {
          daemon.commit();
          return List.of();
        });
    context(
        "/hand-over",
        exchange -> {
          daemon.requestHandOver();
          return List.of();
        });
    context(
        "/stop",
        exchange -> {
          daemon.requestStop();
          return new Messages.Stopping(ProcessHandle.current().pid());
        });
    server.start();
  }

  /** Ends the channel. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      server.stop(LAST_ANSWER_SECONDS);
    }
  }

  /** Answers a request with the JSON of what is returned; null: the answer was sent already. */
  @FunctionalInterface
  private interface Action {
    @Nullable Object answer(HttpExchange exchange) throws IOException, DaemonException;
  }

  private void context(String path, Action action) {
    HttpHandler handler = exchange -> handle(exchange, action);
    server.createContext(path, handler);
  }

  private void handle(HttpExchange exchange, Action action) throws IOException {
    try (exchange) {
      if (isAuthorized(exchange)) {
        answer(exchange, action);
      } else {
        refuse(exchange, Refusal.UNAUTHORIZED, "the control token is wrong");
      }
    }
  }

  private static void answer(HttpExchange exchange, Action action) throws IOException {
    try {
      var answer = action.answer(exchange);
      if (answer != null) {
        send(exchange, 200, "application/json", Json.line(answer));
      }
    } catch (DaemonException e) {
      if (e instanceof DaemonException.Failed) {
        log.warn("{} failed", exchange.getRequestURI(), e);
      }
      refuse(exchange, Refusal.of(e), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      log.error("{} met a defect", exchange.getRequestURI(), e);
      refuse(exchange, Refusal.FAILED, "the daemon met a defect (" + e + "); its log has more");
    }
  }

  private boolean isAuthorized(HttpExchange exchange) {
    var shown =
        Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization")).orElse("");
    return MessageDigest.isEqual(shown.getBytes(StandardCharsets.UTF_8), authorization);
  }

  private @Nullable Object projects(ManagedDaemon daemon, HttpExchange exchange)
      throws IOException, DaemonException {
    var words =
        Arrays.stream(exchange.getRequestURI().getRawPath().split("/"))
            .map(word -> URLDecoder.decode(word, StandardCharsets.UTF_8))
            .toList();
    boolean post = exchange.getRequestMethod().equals("POST");
    return switch (words.size()) {
      case 2 -> post ? create(daemon, exchange) : daemon.projects();
      case 3 ->
          exchange.getRequestMethod().equals("DELETE")
              ? daemon.trash().delete(words.get(2))
              : daemon.project(words.get(2));
      default -> about(daemon, words, exchange);
    };
  }

  private @Nullable Object about(ManagedDaemon daemon, List<String> words, HttpExchange exchange)
      throws IOException, DaemonException {
    String project = words.get(2);
    return switch (words.get(3)) {
      case "limits" ->
          daemon.setLimits(project, body(exchange, LimitsChange.class, "a change of limits"));
      case "events" -> events(daemon, Optional.of(project), exchange);
      case "undelete" -> daemon.trash().undelete(project);
      case "purge" ->
          daemon.trash().purge(project, body(exchange, Messages.Purge.class, "a purge").force());
      case "check" -> {
        boolean repair = "repair".equals(exchange.getRequestURI().getQuery());
        check(daemon, project, repair, exchange);
        yield null;
      }
      default -> new SnapshotRequests(daemon.snapshots()).answer(exchange, words);
    };
  }

  private static Object create(ManagedDaemon daemon, HttpExchange exchange)
      throws IOException, DaemonException {
    var wanted = body(exchange, Messages.NewProject.class, "a project");
    return daemon.createProject(wanted.name(), durability(wanted.durability()));
  }

  /** What a request says. */
  static <T> T body(HttpExchange exchange, Class<T> type, String what)
      throws IOException, DaemonException.Invalid {
    var text =
        new String(exchange.getRequestBody().readNBytes(REQUEST_BYTES_MAX), StandardCharsets.UTF_8);
    try {
      return Json.read(text, type);
    } catch (JsonProcessingException e) {
      throw new DaemonException.Invalid(
          "the request is not " + what + ": " + e.getOriginalMessage());
    }
  }

  /** The query is {@code DAYS,MOST}. */
  private static List<EventStatus> events(
      ManagedDaemon daemon, Optional<String> project, HttpExchange exchange)
      throws DaemonException {
    var numbers = String.valueOf(exchange.getRequestURI().getQuery()).split(",", -1);
    try {
      return daemon.events(
          project, Integer.parseInt(numbers[0]), Integer.parseInt(numbers[numbers.length - 1]));
    } catch (NumberFormatException e) {
      throw new DaemonException.Invalid("events of how many days, and how many of them?");
    }
  }

  private static Optional<Durability> durability(@Nullable String text)
      throws DaemonException.Invalid {
    if (text == null) {
      return Optional.empty();
    }
    return switch (text) {
      case "host" -> Optional.of(Durability.HOST);
      case "quorum" -> Optional.of(Durability.QUORUM);
      default ->
          throw new DaemonException.Invalid(
              "\"" + text + "\" is no durability; there are host and quorum");
    };
  }

  private static void check(
      ManagedDaemon daemon, String project, boolean repair, HttpExchange exchange)
      throws IOException, DaemonException {
    daemon.project(project); // an unknown one is refused with a status, before the lines begin
    exchange.getResponseHeaders().set("Content-Type", "application/x-ndjson");
    exchange.sendResponseHeaders(200, 0);
    try (var lines = new CheckLines(exchange.getResponseBody())) {
      try {
        var report = daemon.check(project, repair, lines);
        lines.write(new Messages.CheckLine(0, 0, report, null));
      } catch (DaemonException e) {
        var refused = new Messages.Refused(Refusal.of(e), String.valueOf(e.getMessage()));
        lines.write(new Messages.CheckLine(0, 0, null, refused));
      }
    }
  }

  private static void refuse(HttpExchange exchange, Refusal refusal, String message)
      throws IOException {
    send(
        exchange,
        refusal.status(),
        "application/json",
        Json.line(new Messages.Refused(refusal, message)));
  }

  private static void send(HttpExchange exchange, int status, String type, String text)
      throws IOException {
    var bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    try (var body = exchange.getResponseBody()) {
      body.write(bytes);
    }
  }
}
