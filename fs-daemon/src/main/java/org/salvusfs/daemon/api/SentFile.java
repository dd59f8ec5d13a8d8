package org.salvusfs.daemon.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.control.Problem;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.control.Trailers;
import org.salvusfs.daemon.management.DaemonException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file on its way to whoever asked for it, in chunked encoding. It begins with the first bytes,
 * not before, and ends with a trailer. Used by one thread, which fills a part while the one before
 * it is sent, and then waits until the other end has taken that, so that a slow one costs no more
 * memory than these two.
 */
final class SentFile {
  private static final Logger log = LoggerFactory.getLogger(SentFile.class);

  private static final int BUFFER_BYTES = 256 << 10;

  /** How long to wait between looks at whether the server ends. */
  private static final long LOOK_MILLIS = 200;

  private final Exchange exchange;
  private final Reply.Download download;
  private final BooleanSupplier isEnding;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int filled;
  private boolean isBegun;

  /** What was asked of the response last. */
  private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);

  /**
   * @param isEnding whether the daemon ends, and waits for nobody
   */
  SentFile(Exchange exchange, Reply.Download download, BooleanSupplier isEnding) {
    this.exchange = exchange;
    this.download = download;
    this.isEnding = isEnding;
  }

  /**
   * Sends it all, or, once it has begun, as much as there is.
   *
   * @throws DaemonException if it could not begin: nothing was sent
   */
  void send() throws DaemonException {
    try {
      var report = download.content().writeTo(new Sending());
      end(Trailers.REPORT, report);
    } catch (DaemonException e) {
      if (!isBegun) {
        throw e;
      }
      if (exchange.isGone()) {
        log.info("{} was not read to its end", exchange.request().uri());
      } else {
        log.warn("{} broke off", exchange.request().uri(), e);
      }
      breakOff(ProblemException.of(e));
    } catch (IOException e) {
      log.info("{} was not read to its end: {}", exchange.request().uri(), e.getMessage());
      breakOff(Refusal.FAILED.problem("the end could not be sent"));
    } catch (RuntimeException e) {
      if (!isBegun) {
        throw e;
      }
      log.error("{} met a defect", exchange.request().uri(), e);
      breakOff(ProblemException.defect(e));
    }
  }

  private void end(String trailer, Object value) throws IOException {
    flush();
    var json = Json.asciiLine(value);
    ask(() -> exchange.request().response().putTrailer(trailer, json).end());
    await();
  }

  /** A file that is cut must not look like one that is whole. */
  private void breakOff(Problem problem) {
    filled = 0;
    var read = exchange.request().getHeader(Trailers.TE);
    if (read != null && read.contains(Trailers.TE_TRAILERS) && !exchange.isGone()) {
      try {
        end(Trailers.PROBLEM, problem);
        return;
      } catch (IOException e) {
        log.debug("nobody hears why {} broke off", exchange.request().uri(), e);
      }
    }
    exchange.onEventLoop(() -> exchange.request().connection().close());
  }

  private void begin() throws IOException {
    isBegun = true;
    ask(
        () -> {
          var response = exchange.request().response().setChunked(true);
          response.putHeader(HttpHeaders.CONTENT_TYPE, download.type());
          response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
          response.putHeader("Trailer", Trailers.REPORT + ", " + Trailers.PROBLEM);
          return Future.succeededFuture();
        });
  }

  private void flush() throws IOException {
    if (!isBegun) {
      begin();
    }
    if (filled > 0) {
      var part = Buffer.buffer(filled).appendBytes(buffer, 0, filled);
      filled = 0;
      ask(() -> exchange.request().response().write(part));
    }
  }

  /** Has something done with the response when what was asked for before is done. */
  private void ask(Supplier<Future<Void>> action) throws IOException {
    await();
    underWay = exchange.onEventLoop(action).toCompletionStage().toCompletableFuture();
  }

  /** Waits until what was asked of the response is done, or cannot be any more. */
  private void await() throws IOException {
    while (!exchange.isGone() && !isEnding.getAsBoolean()) {
      try {
        underWay.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException _) {
        log.trace("{} is read slowly", exchange.request().uri());
      } catch (ExecutionException e) {
        throw new IOException("it cannot be sent", e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while it was sent");
      }
    }
    if (!underWay.isDone() || underWay.isCompletedExceptionally()) {
      throw new IOException(
          exchange.isGone() ? "nobody reads it any more" : "the daemon is ending");
    }
  }

  /** Takes what is to be sent. */
  private final class Sending extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int from, int count) throws IOException {
      for (int at = from; at < from + count; ) {
        if (filled == buffer.length) {
          SentFile.this.flush();
        }
        int some = Math.min(buffer.length - filled, from + count - at);
        System.arraycopy(bytes, at, buffer, filled, some);
        filled += some;
        at += some;
      }
    }
  }
}
