package org.salvusfs.daemon.wiring;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.daemon.export.UnreadableException;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ExportReport;
import org.salvusfs.daemon.management.ManagedStreams;
import org.salvusfs.daemon.management.ReceiveReport;
import org.salvusfs.daemon.management.StreamReport;
import org.salvusfs.daemon.management.StreamWish;
import org.salvusfs.daemon.stream.StreamException;
import org.salvusfs.daemon.stream.StreamExport;
import org.salvusfs.daemon.stream.StreamHeader;
import org.salvusfs.daemon.stream.StreamKey;
import org.salvusfs.daemon.stream.StreamReader;
import org.salvusfs.daemon.stream.StreamTotals;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;

/**
 * Streams from and to projects that this daemon holds or can hold, any number at a time.
 * Thread-safe; works on the caller's thread.
 */
final class Streams implements ManagedStreams {
  private final Daemon.Parts parts;
  private final Exports exports;
  private final Receiving receiving;

  Streams(Daemon.Parts parts, Exports exports, Receiving receiving) {
    this.parts = parts;
    this.exports = exports;
    this.receiving = receiving;
  }

  private StreamKey key(Optional<ClusterKey> key) {
    return key.map(StreamKey::of).orElseGet(parts.stores()::streamKey);
  }

  @Override
  public StreamReport export(StreamWish wish, Optional<ClusterKey> key, OutputStream out)
      throws DaemonException {
    if (wish.since().equals(Optional.of(wish.snapshot()))) {
      throw new DaemonException.Invalid(
          "nothing changed between snapshot \"%s\" and itself; name an earlier one"
              .formatted(wish.snapshot()));
    }
    var states = new ArrayList<>(List.of(Optional.of(wish.snapshot())));
    wish.since().ifPresent(since -> states.add(Optional.of(since)));
    return exports.reading(
        wish.project(),
        states,
        (project, held, moments) ->
            write(wish, project, held, moments, key(key), new Rest(out, wish.skippedBytes())));
  }

  private StreamReport write(
      StreamWish wish,
      Project project,
      OpenProject held,
      List<Snapshot> moments,
      StreamKey key,
      Rest out)
      throws IOException, DaemonException {
    Snapshot snapshot = moments.getFirst();
    Optional<Snapshot> since = wish.since().map(_ -> moments.getLast());
    var header = StreamHeader.of(project, snapshot, since);
    StreamTotals totals;
    try {
      totals =
          new StreamExport(held.tree(), parts.stores().blocks().chunks(), header, key, out).run();
    } catch (MetadataException | BlockStoreException e) {
      throw new UnreadableException("snapshot " + snapshot.name(), e);
    }
    if (out.bytesToSkip > 0) {
      throw new DaemonException.Invalid(
          "the stream has %d bytes, so that many cannot be left out and %d more"
              .formatted(wish.skippedBytes() - out.bytesToSkip, out.bytesToSkip));
    }
    return new StreamReport(
        project.id().toString(),
        snapshot.name(),
        wish.since().orElse(null),
        snapshot.created().toString(),
        totals.changes(),
        totals.chunks(),
        totals.chunkBytes(),
        wish.skippedBytes(),
        out.bytes,
        HexFormat.of().formatHex(out.digest.digest()));
  }

  @Override
  public ReceiveReport receive(Optional<String> name, Optional<ClusterKey> key, InputStream in)
      throws DaemonException {
    try {
      return receiving.receive(StreamReader.open(in, key(key)), name);
    } catch (StreamException e) {
      throw new DaemonException.Invalid(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      throw Explain.request("receiving a stream", e);
    }
  }

  /** Lets the first bytes go, and says of the others what they are. */
  private static final class Rest extends FilterOutputStream {
    private final MessageDigest digest = ExportReport.newDigest();
    private long bytesToSkip;
    private long bytes;

    Rest(OutputStream out, long bytesToSkip) {
      super(out);
      this.bytesToSkip = bytesToSkip;
    }

    @Override
    public void write(byte[] part, int from, int count) throws IOException {
      int skipped = (int) Math.min(bytesToSkip, count);
      bytesToSkip -= skipped;
      out.write(part, from + skipped, count - skipped);
      digest.update(part, from + skipped, count - skipped);
      bytes += count - skipped;
    }
  }
}
