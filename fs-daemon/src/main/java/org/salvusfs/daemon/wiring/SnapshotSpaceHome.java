package org.salvusfs.daemon.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Event;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.txg.SnapshotUse;

/**
 * A project that is open here, as far as the space of its snapshots goes.
 *
 * @param snapshots the same as it makes and deletes automatic snapshots
 * @param wallClock nanoseconds since 1970
 */
record SnapshotSpaceHome(
    OpenProject open,
    AutomaticSnapshots.Home snapshots,
    CassandraMetadata metadata,
    Daemon.Mounted mounted,
    LongSupplier wallClock)
    implements SnapshotSpaces.Home {
  private static final byte[] NOTICE = "NOTICE".getBytes(UTF_8);

  @Override
  public ProjectId id() {
    return snapshots.id();
  }

  @Override
  public String name() {
    return open.name();
  }

  @Override
  public BlockId root() {
    return snapshots.root();
  }

  @Override
  public Limits limits() {
    return open.quota().limits();
  }

  @Override
  public SnapshotUse use() throws IOException {
    return open.transactions().snapshots().use();
  }

  @Override
  public void delete(Snapshot snapshot) throws IOException {
    snapshots.delete(snapshot);
  }

  @Override
  public void notice(Optional<String> text) {
    if (text.equals(open.notice().getAndSet(text))) {
      return;
    }
    var fileSystem = mounted.fileSystem();
    for (long notice : fileSystem.snapshotNotices(id())) {
      mounted.mount().invalidateNode(notice, 0, 0);
    }
    for (long directory : fileSystem.snapshotDirectories(id())) {
      mounted.mount().invalidateEntry(directory, NOTICE);
      mounted.mount().invalidateNode(directory, 0, 0);
    }
  }

  @Override
  public void tell(String kind, String detail) throws IOException {
    var at = Instant.EPOCH.plus(wallClock.getAsLong(), ChronoUnit.NANOS);
    metadata.events().add(new Event(id(), at, kind, detail));
  }
}
