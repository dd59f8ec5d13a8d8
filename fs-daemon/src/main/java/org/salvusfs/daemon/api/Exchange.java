package org.salvusfs.daemon.api;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.salvusfs.daemon.management.DaemonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request and its answer. Made on the event loop; answered from any thread, once. */
final class Exchange {
  private static final Logger log = LoggerFactory.getLogger(Exchange.class);

  private final HttpServerRequest request;
  private final Context eventLoop;
  private final CountDownLatch gone = new CountDownLatch(1);

  Exchange(HttpServerRequest request) {
    this.request = request;
    this.eventLoop = Objects.requireNonNull(Vertx.currentContext(), "not on an event loop");
    request.response().closeHandler(nothing -> gone.countDown());
  }

  HttpServerRequest request() {
    return request;
  }

  /**
   * Reads the body. On the event loop.
   *
   * @param whole gets it, on the event loop
   * @param tooMuch is called once instead if it is longer; the rest is read and dropped
   */
  void receive(int bytesMax, Consumer<byte[]> whole, Runnable tooMuch) {
    var body = Buffer.buffer();
    boolean[] isTooMuch = {false};
    request.handler(
        part -> {
          if (isTooMuch[0]) {
            return;
          }
          if (body.length() + part.length() > bytesMax) {
            isTooMuch[0] = true;
            tooMuch.run();
            return;
          }
          body.appendBuffer(part);
        });
    request.endHandler(
        nothing -> {
          if (!isTooMuch[0]) {
            whole.accept(body.getBytes());
          }
        });
  }

  /** Sends an answer; {@code after} runs when it is on its way, or nobody is there to read it. */
  void send(Answer answer, Runnable after) {
    onEventLoop(
            () -> {
              var response = request.response().setStatusCode(answer.status());
              response.putHeader("Cache-Control", "no-store");
              answer.headers().forEach(response::putHeader);
              if (answer.type().isEmpty()) {
                return response.end();
              }
              response.putHeader("Content-Type", answer.type());
              return response.end(Buffer.buffer(answer.body()));
            })
        .onComplete(
            done -> {
              if (done.failed()) {
                log.debug("nobody reads the answer to {}", request.uri(), done.cause());
              }
              after.run();
            });
  }

  /**
   * Sends what comes from a source until either has had enough. Blocks.
   *
   * @param closing counted down when the server ends
   */
  void stream(Reply.Stream stream, CountDownLatch closing) throws InterruptedException {
    onEventLoop(
        () -> {
          request.response().setChunked(true);
          request.response().putHeader("Content-Type", stream.type());
          request.response().putHeader("Cache-Control", "no-store");
          return Future.succeededFuture();
        });
    try {
      stream.source().run(new Connected(closing));
    } catch (DaemonException e) {
      log.info("{} ends: {}", request.uri(), e.getMessage());
    } finally {
      onEventLoop(() -> request.response().end());
    }
  }

  /** Whether nobody is there to read an answer any more. */
  boolean isGone() {
    return gone.getCount() == 0;
  }

  private final class Connected implements Reply.Sink {
    private final CountDownLatch closing;

    Connected(CountDownLatch closing) {
      this.closing = closing;
    }

    @Override
    public boolean send(String text) throws InterruptedException {
      if (isGone() || closing.getCount() == 0) {
        return false;
      }
      try {
        onEventLoop(() -> request.response().write(text))
            .toCompletionStage()
            .toCompletableFuture()
            .get();
        return true;
      } catch (ExecutionException e) {
        log.debug("nobody reads {} any more", request.uri(), e);
        return false;
      }
    }

    @Override
    public boolean pause(long nanos) throws InterruptedException {
      return !closing.await(nanos, TimeUnit.NANOSECONDS) && !isGone();
    }
  }

  /** Does something with the response; the outcome says whether it could be done. */
  Future<Void> onEventLoop(Supplier<Future<Void>> action) {
    return Future.<Void>future(
        promise ->
            eventLoop.runOnContext(
                nothing -> {
                  try {
                    action.get().onComplete(promise);
                  } catch (IllegalStateException closed) { // as Vert.x says it
                    promise.fail(closed);
                  }
                }));
  }
}
