package org.salvusfs.daemon.api;

import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Phaser;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leads requests to their routes: token, path, scope, body, and then, on the executor, project and
 * handler.
 */
final class Dispatcher {
  private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);

  /** The longest body of a request, in bytes: requests are a few words. */
  static final int BODY_BYTES_MAX = 64 << 10;

  /** How many files are sent, and received, at once. Each holds buffers as long as it takes. */
  static final int FILES_MAX = 16;

  private static final Pattern BEARER =
      Pattern.compile("bearer +([\\x21-\\x7e]+)", Pattern.CASE_INSENSITIVE);

  private final List<Route> routes;
  private final Tokens tokens;
  private final ManagedDaemon daemon;
  private final Executor executor;

  /** Requests that have come to the executor and are not answered yet, and one party more. */
  private final Phaser unanswered = new Phaser(1);

  private final Semaphore downloads = new Semaphore(FILES_MAX, true);
  private final Semaphore uploads = new Semaphore(FILES_MAX, true);
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * @param executor runs what waits for the daemon
   */
  Dispatcher(List<Route> routes, Tokens tokens, ManagedDaemon daemon, Executor executor) {
    this.routes = List.copyOf(routes);
    this.tokens = tokens;
    this.daemon = daemon;
    this.executor = executor;
  }

  /** A route and what stands for its words in braces, raw. */
  private record Match(Route route, Map<String, String> words) {}

  /** A route that somebody may use. */
  private record Admission(Match match, Grant grant) {}

  /** Takes a request. On the event loop. */
  void handle(HttpServerRequest request) {
    var exchange = new Exchange(request);
    var matches = matches(request);
    Admission admission;
    try {
      admission = admission(request, matches);
    } catch (ProblemException e) {
      var answer = Answer.problem(e.problem());
      boolean isMethod = e.problem().type().equals(Refusal.WRONG_METHOD.type());
      exchange.send(isMethod ? answer.with("Allow", methods(matches)) : answer, () -> {});
      return;
    }
    if (admission.match().route().takesFile()) {
      execute(exchange, admission, new byte[0], new ReceivedFile(exchange, this::isEnding));
      return;
    }
    exchange.receive(
        BODY_BYTES_MAX,
        body -> execute(exchange, admission, body, InputStream.nullInputStream()),
        () -> {
          var problem =
              Refusal.TOO_LARGE.problem(
                  "the body of a request has at most " + BODY_BYTES_MAX + " bytes");
          exchange.send(Answer.problem(problem), () -> {});
        });
  }

  /** The routes with the request's path, whatever their method. */
  private List<Match> matches(HttpServerRequest request) {
    var words = Route.words(Objects.requireNonNullElse(request.path(), ""));
    return routes.stream()
        .flatMap(route -> route.match(words).map(found -> new Match(route, found)).stream())
        .toList();
  }

  private static String methods(List<Match> matches) {
    return matches.stream().map(match -> match.route().method()).collect(Collectors.joining(", "));
  }

  private Admission admission(HttpServerRequest request, List<Match> matches)
      throws ProblemException {
    var match =
        matches.stream()
            .filter(one -> one.route().method().equals(request.method().name()))
            .findFirst();
    if (match.isPresent() && match.get().route().scope() == null) {
      return new Admission(match.get(), Grant.NOBODY);
    }
    var grant = grant(request);
    if (matches.isEmpty()) {
      throw new ProblemException(Refusal.UNKNOWN_PATH, "there is nothing at " + request.path());
    }
    var found =
        match.orElseThrow(
            () ->
                new ProblemException(
                    Refusal.WRONG_METHOD,
                    request.path() + " knows " + methods(matches) + ", not " + request.method()));
    requireScope(found.route(), grant);
    return new Admission(found, grant);
  }

  private Grant grant(HttpServerRequest request) throws ProblemException {
    var shown = Optional.ofNullable(request.getHeader("Authorization")).orElse("");
    var secret = BEARER.matcher(shown);
    if (!secret.matches()) {
      throw new ProblemException(Refusal.UNAUTHORIZED, "show a token: Authorization: Bearer TOKEN");
    }
    return tokens
        .grant(secret.group(1))
        .orElseThrow(
            () -> new ProblemException(Refusal.UNAUTHORIZED, "the token is wrong or expired"));
  }

  private static void requireScope(Route route, Grant grant) throws ProblemException {
    var needed = route.scope();
    if (needed != null && !grant.scope().includes(needed)) {
      throw new ProblemException(
          Refusal.FORBIDDEN,
          "this needs a token of scope %s, and this one has %s"
              .formatted(needed.word(), grant.scope().word()));
    }
    if (route.reach() == Route.Reach.DAEMON && grant.project() != null) {
      throw new ProblemException(
          Refusal.FORBIDDEN, "the token is good for one project only, and this is about all");
    }
  }

  private void execute(Exchange exchange, Admission admission, byte[] body, InputStream file) {
    unanswered.register();
    try {
      executor.execute(() -> answer(exchange, admission, body, file));
    } catch (RejectedExecutionException e) {
      log.debug("{} came too late", exchange.request().uri(), e);
      send(exchange, Answer.problem(Refusal.NOT_RUNNING.problem("the daemon is ending")));
    }
  }

  private void send(Exchange exchange, Answer answer) {
    exchange.send(answer, unanswered::arriveAndDeregister);
  }

  private void answer(Exchange exchange, Admission admission, byte[] body, InputStream file) {
    var uri = exchange.request().uri();
    try (file) {
      switch (reply(exchange.request(), admission, body, file)) {
        case Answer answer -> send(exchange, answer);
        case Reply.Stream stream -> stream(exchange, stream);
        case Reply.Download download -> download(exchange, download);
      }
    } catch (ProblemException e) {
      send(exchange, Answer.problem(e.problem()));
    } catch (DaemonException e) {
      if (e instanceof DaemonException.Failed) {
        log.warn("{} failed", uri, e);
      }
      send(exchange, Answer.problem(ProblemException.of(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      send(exchange, Answer.problem(Refusal.NOT_RUNNING.problem("the daemon is ending")));
    } catch (IOException e) {
      throw new IllegalStateException("closing what is received does nothing that could fail", e);
    } catch (RuntimeException e) {
      log.error("{} met a defect", uri, e);
      send(exchange, Answer.problem(ProblemException.defect(e)));
    }
  }

  private void stream(Exchange exchange, Reply.Stream stream) {
    try {
      exchange.stream(stream, closing);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      log.error("{} met a defect", exchange.request().uri(), e);
    } finally {
      unanswered.arriveAndDeregister();
    }
  }

  /** What is thrown came before the first byte, and is the answer. */
  private void download(Exchange exchange, Reply.Download download)
      throws DaemonException, InterruptedException {
    downloads.acquire();
    try {
      new SentFile(exchange, download, this::isEnding).send();
    } finally {
      downloads.release();
    }
    unanswered.arriveAndDeregister();
  }

  /** Whether whatever lasts shall end: the daemon waits for it before it ends the server. */
  private boolean isEnding() {
    try {
      return closing.getCount() == 0 || daemon.awaitStopRequest(Duration.ZERO);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  private Reply reply(HttpServerRequest request, Admission admission, byte[] body, InputStream file)
      throws ProblemException, DaemonException, InterruptedException {
    var route = admission.match().route();
    var call =
        new Call(
            admission.grant(),
            Call.names(admission.match().words()),
            Call.parameters(request.query()),
            request::getHeader,
            body,
            file);
    if (route.reach() == Route.Reach.PROJECT) {
      requireProject(call);
    }
    if (!route.takesFile()) {
      return route.handler().answer(call);
    }
    uploads.acquire();
    try {
      return route.handler().answer(call);
    } finally {
      uploads.release();
    }
  }

  /** A token that is bound to a project learns nothing of others, not even whether they exist. */
  private void requireProject(Call call) throws ProblemException, DaemonException {
    if (call.grant().project() == null) {
      return;
    }
    var other = new ProblemException(Refusal.FORBIDDEN, "the token is not good for this project");
    try {
      if (!call.grant().covers(daemon.project(call.project()).id())) {
        throw other;
      }
    } catch (DaemonException.UnknownProject e) {
      other.addSuppressed(e);
      throw other;
    }
  }

  /** Ends streams, and waits some time until what is under way is answered. */
  void close(long seconds) throws InterruptedException {
    closing.countDown();
    try {
      unanswered.awaitAdvanceInterruptibly(unanswered.arrive(), seconds, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      log.info("some requests are not answered", e);
    }
  }
}
