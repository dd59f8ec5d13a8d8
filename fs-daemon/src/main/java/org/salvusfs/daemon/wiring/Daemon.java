package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.datadir.DataDirectory;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.DaemonStatus;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.daemon.metrics.OperationMeters;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Lease;
import org.salvusfs.metadata.api.MetadataException;

/** A daemon in this process, as {@link DaemonStart} put it together. */
final class Daemon implements ManagedDaemon {
  /** What a daemon is made of. */
  record Parts(
      DaemonConfig config,
      DataDirectory data,
      Stores stores,
      Lease lease,
      Projects projects,
      Catalogue catalogue,
      ProjectCheck check,
      OperationMeters operations,
      Surroundings surroundings,
      ClosingOrder closing) {}

  private final Parts parts;
  private final long startNanos;
  private final CountDownLatch stopRequested = new CountDownLatch(1);

  Daemon(Parts parts) {
    this.parts = parts;
    this.startNanos = parts.surroundings().nanoClock().getAsLong();
  }

  Parts parts() {
    return parts;
  }

  @Override
  public DaemonStatus status() {
    var stores = parts.stores();
    long upNanos = parts.surroundings().nanoClock().getAsLong() - startNanos;
    return new DaemonStatus(
        new DaemonStatus.DaemonProcess(
            ProcessHandle.current().pid(),
            TimeUnit.NANOSECONDS.toSeconds(upNanos),
            parts.data().layout().directory().toString()),
        new DaemonStatus.CassandraServer(
            stores.cassandra().map(CassandraKeeper::pid).orElse(null),
            stores.contactPoints().stream()
                .map(point -> point.getHostString() + ":" + point.getPort())
                .toList()),
        parts.config().mount().toString(),
        parts.config().fuse().choice().binding().word(),
        parts.data().host().toString(),
        parts.surroundings().hostName(),
        stores.cluster().cluster().toString(),
        parts.lease().isValid(),
        listed(),
        parts.operations().snapshot());
  }

  /** While Cassandra is away, what is known without it. */
  private List<ProjectStatus> listed() {
    try {
      return parts.lease().isValid() ? parts.catalogue().all() : parts.catalogue().lastKnown();
    } catch (MetadataException e) {
      return parts.catalogue().lastKnown();
    }
  }

  @Override
  public ProjectStatus createProject(String name, Optional<Durability> durability)
      throws DaemonException {
    try {
      return parts.catalogue().create(name, durability.orElse(parts.config().durability()));
    } catch (IOException e) {
      throw Explain.request("creating project \"" + name + "\"", e);
    }
  }

  @Override
  public List<ProjectStatus> projects() throws DaemonException {
    try {
      return parts.catalogue().all();
    } catch (IOException e) {
      throw Explain.request("listing the projects", e);
    }
  }

  @Override
  public ProjectStatus project(String idOrName) throws DaemonException {
    try {
      return parts.catalogue().status(parts.catalogue().find(idOrName));
    } catch (IOException e) {
      throw Explain.request("looking up project " + idOrName, e);
    }
  }

  @Override
  public CheckReport check(String idOrName, boolean repair, CheckProgress progress)
      throws DaemonException {
    try {
      var project = parts.catalogue().find(idOrName);
      return repair
          ? parts.check().repair(project, progress)
          : parts.check().check(project, progress);
    } catch (IOException e) {
      throw Explain.request("checking project " + idOrName, e);
    }
  }

  @Override
  public void commit() throws DaemonException {
    for (var project : parts.projects().all()) {
      try {
        project.transactions().commit();
      } catch (IOException e) {
        throw Explain.request("committing project " + project.fence().project(), e);
      }
    }
  }

  @Override
  public void requestStop() {
    stopRequested.countDown();
  }

  @Override
  public boolean awaitStopRequest(Duration timeout) throws InterruptedException {
    return stopRequested.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() throws DaemonException {
    parts.closing().close();
  }
}
