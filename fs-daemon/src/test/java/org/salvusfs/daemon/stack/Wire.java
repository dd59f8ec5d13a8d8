package org.salvusfs.daemon.stack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A daemon's connections to Cassandra: counts the requests that pass, and lets something happen at
 * one of them. What the daemon sends at once counts as one. Thread-safe; on virtual threads.
 */
final class Wire implements AutoCloseable {
  /**
   * What is to happen.
   *
   * @param at the request, as {@link #requests} counts
   * @param isHeard whether Cassandra still hears it
   */
  private record Event(long at, boolean isHeard, Runnable what) {}

  private final InetSocketAddress server;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final AtomicLong requests = new AtomicLong();
  private final AtomicReference<@Nullable Event> next = new AtomicReference<>();

  Wire(InetSocketAddress server) throws IOException {
    this.server = server;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    threads.execute(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** So far. */
  long requests() {
    return requests.get();
  }

  /**
   * Has something happen before the daemon hears an answer to a request that is still to come.
   *
   * @param later how many requests from now, at least 1
   * @param isHeard whether Cassandra hears it before
   */
  void in(long later, boolean isHeard, Runnable what) {
    next.set(new Event(requests.get() + later, isHeard, what));
  }

  /** What has not happened yet will not. */
  void calm() {
    next.set(null);
  }

  private void accept() {
    try {
      while (true) {
        var daemon = listener.accept();
        var upstream = new Socket(server.getAddress(), server.getPort());
        threads.execute(() -> copy(daemon, upstream, true));
        threads.execute(() -> copy(upstream, daemon, false));
      }
    } catch (IOException closed) {
      threads.shutdown();
    }
  }

  private void copy(Socket from, Socket to, boolean isRequest) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      var buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        Event due = isRequest ? due(requests.incrementAndGet()) : null;
        if (due == null || due.isHeard()) {
          out.write(buffer, 0, n);
        }
        if (due != null) {
          due.what().run();
        }
      }
    } catch (IOException endedOnTheOtherSide) {
      // Both directions end together, as they do when either side is killed.
    }
  }

  private @Nullable Event due(long request) {
    Event event = next.get();
    return event != null && request >= event.at() && next.compareAndSet(event, null) ? event : null;
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
