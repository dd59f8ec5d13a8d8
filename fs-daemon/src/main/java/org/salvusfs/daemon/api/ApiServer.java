package org.salvusfs.daemon.api;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.Pin;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/** The daemon's end of the management API. Owns its event loop. */
public final class ApiServer implements AutoCloseable {
  /** How long answers that are being sent may take at the end. */
  private static final int LAST_ANSWER_SECONDS = 1;

  private static final int SECRET_BYTES = 32;
  private static final int JOB_ID_BYTES = 8;

  private final AtomicBoolean closed = new AtomicBoolean();
  private final Vertx vertx;
  private final HttpServer server;
  private final InetAddress address;
  private final Optional<Pin> pin;

  /** Null until {@link #serve}. */
  private volatile @Nullable Serving serving;

  private record Serving(Dispatcher dispatcher, Jobs jobs) {}

  /**
   * What is served, and with what.
   *
   * @param metrics the text of {@code /metrics}
   * @param token the daemon's own
   * @param tokens the file of the others
   * @param wallClock nanoseconds since 1970
   * @param executor runs requests and jobs; some of them last
   */
  public record Served(
      ManagedDaemon daemon,
      Supplier<String> metrics,
      String token,
      Path tokens,
      LongSupplier wallClock,
      SecureRandom random,
      Executor executor) {}

  private ApiServer(Vertx vertx, InetAddress address, Optional<Certificate> certificate) {
    this.vertx = vertx;
    this.address = address;
    this.pin = certificate.map(Certificate::pin);
    var options =
        new HttpServerOptions()
            .setHandle100ContinueAutomatically(true)
            .setHttp2ClearTextEnabled(false);
    certificate.ifPresent(
        tls -> options.setSsl(true).setUseAlpn(false).setKeyCertOptions(tls.options()));
    this.server = vertx.createHttpServer(options).requestHandler(this::handle);
  }

  /**
   * Takes the port; until {@link #serve} everything is answered that nothing is served yet.
   *
   * @throws DaemonException.Obstructed if the port is taken, or the certificate cannot be used
   */
  public static ApiServer bind(DaemonConfig.Control listening) throws DaemonException {
    var certificate = Certificate.of(listening);
    var vertx = Vertx.vertx(small());
    var api = new ApiServer(vertx, listening.address(), certificate);
    try {
      api.listen(listening.port());
      return api;
    } catch (CompletionException e) {
      api.close();
      throw obstructed(listening, e.getCause() == null ? e : e.getCause());
    }
  }

  /** One event loop, and one thread for what Vert.x itself does not want to wait for. */
  private static VertxOptions small() {
    return new VertxOptions()
        .setEventLoopPoolSize(1)
        .setWorkerPoolSize(1)
        .setInternalBlockingPoolSize(1)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  private void listen(int port) {
    server.listen(port, address.getHostAddress()).toCompletionStage().toCompletableFuture().join();
  }

  private static DaemonException.Obstructed obstructed(
      DaemonConfig.Control listening, Throwable cause) {
    if (cause instanceof BindException) {
      return new DaemonException.Obstructed(
          "port %d on %s is taken (%s); set control.port to another one, or to 0"
              .formatted(
                  listening.port(), listening.address().getHostAddress(), cause.getMessage()),
          cause);
    }
    return new DaemonException.Obstructed(
        "the management API cannot be opened (" + cause + ")", cause);
  }

  public int port() {
    return server.actualPort();
  }

  /** How clients on this machine reach the API, without a slash at the end. */
  public String url() {
    var reached = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
    var text = reached.getHostAddress();
    return "%s://%s:%d"
        .formatted(
            pin.isPresent() ? "https" : "http",
            text.contains(":") ? "[" + text + "]" : text,
            port());
  }

  /** Of the certificate that is shown; null: there is no TLS. */
  public @Nullable String certificateSha256() {
    return pin.map(Pin::sha256).orElse(null);
  }

  /**
   * Starts to answer.
   *
   * @throws DaemonException.Obstructed if the file of tokens is damaged
   */
  public void serve(Served served) throws DaemonException {
    var random = served.random();
    var tokens =
        Tokens.read(
            served.tokens(), served.token(), served.wallClock(), () -> hex(random, SECRET_BYTES));
    var jobs = new Jobs(() -> hex(random, JOB_ID_BYTES), served.executor());
    var events = new EventOperations(served.daemon(), served.wallClock());
    var routes = Routes.of(served.daemon(), served.metrics(), jobs, tokens, events);
    serving = new Serving(new Dispatcher(routes, tokens, served.daemon(), served.executor()), jobs);
  }

  private static String hex(SecureRandom random, int bytes) {
    var drawn = new byte[bytes];
    random.nextBytes(drawn);
    return HexFormat.of().formatHex(drawn);
  }

  private void handle(HttpServerRequest request) {
    var now = serving;
    if (now == null) {
      var problem = Refusal.NOT_RUNNING.problem("the daemon is starting; try again");
      new Exchange(request).send(Answer.problem(problem), () -> {});
    } else {
      now.dispatcher().handle(request);
    }
  }

  /** Ends jobs and streams, then the server. Idempotent. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      var now = serving;
      if (now != null) {
        now.jobs().abandon();
        now.dispatcher().close(LAST_ANSWER_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
