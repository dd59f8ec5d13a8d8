package org.salvusfs.daemon.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * A file on its way from whoever sends it, in the body of a request. What is not read is not asked
 * for, and nothing before the first read, so that a slow reader costs no memory: the sender waits.
 * Made on the event loop, before the body comes; read by one thread.
 *
 * <p>Closing lets go of what was not read: the rest is received and dropped, because a client reads
 * no answer before it has sent everything.
 */
final class ReceivedFile extends InputStream {
  /** How many parts, of some 64 KiB at most, are asked for ahead of the reader. */
  private static final int PARTS_AHEAD = 16;

  /** How long to wait between looks at whether the sender is gone, or the server ends. */
  private static final long LOOK_MILLIS = 200;

  /** What comes. */
  private sealed interface Part {
    record Bytes(byte[] bytes) implements Part {}

    record End() implements Part {}

    record Broken(Throwable why) implements Part {}
  }

  private final Exchange exchange;
  private final BooleanSupplier isEnding;
  private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
  private volatile boolean isDropped;

  private byte[] part = new byte[0];
  private int at;
  private boolean isAtEnd;
  private boolean isAsked;

  /**
   * @param isEnding whether the daemon ends, and waits for nobody
   */
  ReceivedFile(Exchange exchange, BooleanSupplier isEnding) {
    this.exchange = exchange;
    this.isEnding = isEnding;
    var request = exchange.request();
    request.pause();
    request.exceptionHandler(why -> parts.add(new Part.Broken(why)));
    request.endHandler(nothing -> parts.add(new Part.End()));
    request.handler(this::take);
  }

  private void take(Buffer bytes) {
    if (!isDropped) {
      parts.add(new Part.Bytes(bytes.getBytes()));
    }
  }

  @Override
  public int read() throws IOException {
    return fill() ? part[at++] & 0xff : -1;
  }

  @Override
  public int read(byte[] into, int from, int count) throws IOException {
    if (count == 0) {
      return 0;
    }
    if (!fill()) {
      return -1;
    }
    int some = Math.min(count, part.length - at);
    System.arraycopy(part, at, into, from, some);
    at += some;
    return some;
  }

  /** Makes sure that there is a byte to read; false at the end. */
  private boolean fill() throws IOException {
    if (!isAsked) {
      isAsked = true;
      exchange.onEventLoop(() -> fetch(PARTS_AHEAD));
    }
    while (at == part.length && !isAtEnd) {
      switch (next()) {
        case Part.Bytes(byte[] bytes) -> {
          part = bytes;
          at = 0;
          exchange.onEventLoop(() -> fetch(1));
        }
        case Part.End() -> isAtEnd = true;
        case Part.Broken(Throwable why) ->
            throw new IOException("it broke off before its end (" + why.getMessage() + ")", why);
      }
    }
    return at < part.length;
  }

  private Future<Void> fetch(long more) {
    exchange.request().fetch(more);
    return Future.succeededFuture();
  }

  private Part next() throws IOException {
    try {
      Part next = parts.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      while (next == null) {
        if (exchange.isGone()) {
          throw new IOException("nobody sends it any more");
        }
        if (isEnding.getAsBoolean()) {
          throw new IOException("the daemon is ending");
        }
        next = parts.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while it was received");
    }
  }

  @Override
  public void close() {
    isDropped = true;
    parts.clear();
    exchange.onEventLoop(() -> fetch(Long.MAX_VALUE));
  }
}
