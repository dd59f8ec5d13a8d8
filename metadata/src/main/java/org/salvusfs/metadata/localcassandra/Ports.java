package org.salvusfs.metadata.localcassandra;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The two loopback ports of a server. They are kept in the data directory, so that a restart has
 * the same ones.
 *
 * @param cql where clients connect
 * @param storage where a cluster's nodes would connect
 */
record Ports(int cql, int storage) {
  private static final Logger LOG = LoggerFactory.getLogger(Ports.class);

  /** What the data directory remembers; nothing if a crash has torn it. */
  static Optional<Ports> kept(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var lines = Files.readAllLines(file);
    try {
      return Optional.of(new Ports(Integer.parseInt(lines.get(0)), Integer.parseInt(lines.get(1))));
    } catch (NumberFormatException | IndexOutOfBoundsException e) {
      LOG.warn("{} holds no two port numbers ({}): others are chosen", file, e.getMessage());
      return Optional.empty();
    }
  }

  String toText() {
    return cql + "\n" + storage + "\n";
  }

  /**
   * The ports to use: those that were asked for, else those that were kept if they are free, else
   * free ones.
   *
   * @param wanted a 0 means any
   * @throws ServerStartException if a port that was asked for is taken
   */
  static Ports choose(Ports wanted, Optional<Ports> kept) throws IOException {
    int cql = choose(wanted.cql, kept.map(Ports::cql).orElse(0), 0);
    return new Ports(cql, choose(wanted.storage, kept.map(Ports::storage).orElse(0), cql));
  }

  private static int choose(int wanted, int kept, int other) throws IOException {
    if (wanted != 0) {
      if (wanted == other || !isFree(wanted)) {
        throw new ServerStartException(
            "port " + wanted + " is taken: choose another one for Cassandra or free it");
      }
      return wanted;
    }
    if (kept != 0 && kept != other && isFree(kept)) {
      return kept;
    }
    while (true) {
      int any = bind(0);
      if (any != other) {
        return any;
      }
    }
  }

  private static boolean isFree(int port) {
    try {
      return bind(port) == port;
    } catch (IOException e) {
      return false;
    }
  }

  private static int bind(int port) throws IOException {
    try (var socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
      return socket.getLocalPort();
    }
  }
}
