package org.salvusfs.daemon.control;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedStreams;
import org.salvusfs.daemon.management.ReceiveReport;
import org.salvusfs.daemon.management.StreamReport;
import org.salvusfs.daemon.management.StreamWish;

/** What a command can ask, as far as it is about streams. */
record StreamClient(Connection daemon) implements ManagedStreams {
  private static final int BUFFER_BYTES = 256 << 10;

  /**
   * {@inheritDoc}
   *
   * @throws DaemonException.Obstructed if {@code out} fails, with its reason
   * @throws DaemonException.Failed also if what came is not what was sent
   */
  @Override
  public StreamReport export(StreamWish wish, Optional<ClusterKey> key, OutputStream out)
      throws DaemonException {
    var path =
        "%s/snapshots/%s/stream?skip=%d%s"
            .formatted(
                ControlClient.path(wish.project()),
                Connection.encoded(wish.snapshot()),
                wish.skippedBytes(),
                wish.since().map(since -> "&since=" + Connection.encoded(since)).orElse(""));
    return ExportClient.fetch(daemon, path, StreamKeys.headers(key), out, StreamReport.class);
  }

  /**
   * {@inheritDoc}
   *
   * @throws DaemonException.Obstructed if {@code in} fails, with its reason
   */
  @Override
  public ReceiveReport receive(Optional<String> name, Optional<ClusterKey> key, InputStream in)
      throws DaemonException {
    var path = "/v1/receives" + name.map(as -> "?as=" + Connection.encoded(as)).orElse("");
    return daemon.upload(path, StreamKeys.headers(key), out -> copy(in, out), ReceiveReport.class);
  }

  private static void copy(InputStream in, OutputStream out) throws IOException, DaemonException {
    var buffer = new byte[BUFFER_BYTES];
    for (int count = read(in, buffer); count >= 0; count = read(in, buffer)) {
      out.write(buffer, 0, count);
    }
  }

  private static int read(InputStream in, byte[] buffer) throws DaemonException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw new DaemonException.Obstructed("the stream cannot be read: " + e.getMessage(), e);
    }
  }
}
