package org.salvusfs.metadata.cassandra;

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

/**
 * A TCP proxy that cuts connections in the middle of what the server says: the request was heard,
 * the answer is lost.
 */
final class CuttingProxy implements AutoCloseable {
  private final InetSocketAddress server;
  private final ServerSocket listener;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /** Answers' bytes that may still pass before the next cut. */
  private final AtomicLong bytesLeft = new AtomicLong(Long.MAX_VALUE);

  private final AtomicLong cuts = new AtomicLong();

  CuttingProxy(InetSocketAddress server) throws IOException {
    this.server = server;
    listener = new ServerSocket(0, 50, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}));
    threads.execute(this::accept);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
  }

  /** The connection that carries the n-th byte from now, if there is one yet to come, is cut. */
  void cutAfter(long bytes) {
    bytesLeft.set(bytes);
  }

  long cuts() {
    return cuts.get();
  }

  private void accept() {
    try {
      while (true) {
        var client = listener.accept();
        var upstream = new Socket(server.getAddress(), server.getPort());
        threads.execute(() -> copy(client, upstream, false));
        threads.execute(() -> copy(upstream, client, true));
      }
    } catch (IOException closed) {
      threads.shutdown();
    }
  }

  private void copy(Socket from, Socket to, boolean isAnswer) {
    try (from;
        to) {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      var buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (isAnswer && bytesLeft.addAndGet(-n) < 0) {
          bytesLeft.set(Long.MAX_VALUE);
          cuts.incrementAndGet();
          return;
        }
        out.write(buffer, 0, n);
      }
    } catch (IOException cutOnTheOtherSide) {
      // Both directions end together.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
  }
}
