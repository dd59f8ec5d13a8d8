package org.salvusfs.metadata.localcassandra;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * Asks whether a CQL server answers, without the driver: one OPTIONS frame, which needs no session.
 *
 * @see "native_protocol_v4.spec of Apache Cassandra, sections 2 and 4.1.3"
 */
final class CqlProbe {
  private static final int TIMEOUT_MILLIS = 1000;
  private static final byte[] OPTIONS_V4 = {4, 0, 0, 0, 5, 0, 0, 0, 0};
  private static final int RESPONSE_V4 = 0x84;

  private CqlProbe() {}

  static boolean answers(InetSocketAddress address) {
    try (var socket = new Socket()) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      socket.connect(address, TIMEOUT_MILLIS);
      socket.getOutputStream().write(OPTIONS_V4);
      return socket.getInputStream().read() == RESPONSE_V4;
    } catch (IOException notYet) {
      return false;
    }
  }
}
