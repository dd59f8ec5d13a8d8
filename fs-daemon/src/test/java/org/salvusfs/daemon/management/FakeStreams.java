package org.salvusfs.daemon.management;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.salvusfs.blockstore.api.ClusterKey;

/**
 * Streams that are words: the names of a project and, if it is one of changes, of a snapshot, as a
 * JSON object that is not parsed; behind it whatever comes.
 */
final class FakeStreams implements ManagedStreams {
  private final FakeDaemon daemon;
  private final List<Optional<ClusterKey>> keys = new CopyOnWriteArrayList<>();
  private final Semaphore receives = new Semaphore(0);
  private volatile long receivedBytes;

  FakeStreams(FakeDaemon daemon) {
    this.daemon = daemon;
  }

  /** Keys of all streams so far. */
  List<Optional<ClusterKey>> keys() {
    return List.copyOf(keys);
  }

  /** How long the last stream was that was read to its end. */
  long receivedBytes() {
    return receivedBytes;
  }

  @Override
  public StreamReport export(StreamWish wish, Optional<ClusterKey> key, OutputStream out)
      throws DaemonException {
    keys.add(key);
    var id = daemon.project(wish.project()).id();
    daemon.snapshots().show(wish.project(), wish.snapshot());
    var text =
        "{\"project\":\"%s\"%s}"
            .formatted(
                wish.project(),
                wish.since().map(since -> ",\"since\":\"" + since + "\"").orElse(""));
    var bytes = text.substring((int) wish.skippedBytes()).getBytes(StandardCharsets.UTF_8);
    try {
      out.write(bytes);
    } catch (IOException e) {
      throw new DaemonException.Failed("nobody reads it", e);
    }
    return new StreamReport(
        id,
        wish.snapshot(),
        wish.since().orElse(null),
        "2026-11-21T14:05:00.123Z",
        3,
        1,
        4096,
        wish.skippedBytes(),
        bytes.length,
        HexFormat.of().formatHex(ExportReport.newDigest().digest(bytes)));
  }

  /** Waits until so many more have begun to be received; false if they did not within a minute. */
  boolean awaitReceives(int count) throws InterruptedException {
    return receives.tryAcquire(count, 1, TimeUnit.MINUTES);
  }

  @Override
  public ReceiveReport receive(Optional<String> name, Optional<ClusterKey> key, InputStream in)
      throws DaemonException {
    keys.add(key);
    receives.release();
    try {
      byte[] first = in.readNBytes(64);
      var words = new String(first, StandardCharsets.UTF_8).split("\"", -1);
      var called = name.orElse(words.length > 3 ? words[3] : "received");
      boolean isNew = words.length < 8;
      var project =
          isNew
              ? daemon.createProject(called, Optional.empty(), Optional.empty())
              : daemon.project(called);
      long rest = in.transferTo(OutputStream.nullOutputStream());
      receivedBytes = first.length + rest;
      return new ReceiveReport(
          project.id(), called, "second", isNew ? null : words[7], isNew, false, 3, 1, 4096);
    } catch (IOException e) {
      throw new DaemonException.Failed("receiving a stream failed: " + e.getMessage(), e);
    }
  }
}
