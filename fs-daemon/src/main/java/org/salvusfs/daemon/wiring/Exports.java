package org.salvusfs.daemon.wiring;

import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.salvusfs.daemon.backup.Moments;
import org.salvusfs.daemon.export.TreeExport;
import org.salvusfs.daemon.export.UnreadableException;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ExportReport;
import org.salvusfs.daemon.management.ManagedExports;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.View;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Exports projects that this daemon holds or can hold, any number at a time. Thread-safe; works on
 * the caller's thread.
 */
final class Exports implements ManagedExports {
  private static final Logger log = LoggerFactory.getLogger(Exports.class);

  /** Of the snapshots that are made for exports, and of the holds on others. */
  private static final String PREFIX = "export-under-way-";

  private static final String COMMENT = "an export reads this, and deletes it when it is done";

  private final Daemon.Parts parts;
  private final PassingSnapshots passing;

  /** Names of those that are under way; whoever else has the prefix is left of a killed daemon. */
  private final Set<String> running = ConcurrentHashMap.newKeySet();

  Exports(Daemon.Parts parts, Snapshots snapshots) {
    this.parts = parts;
    this.passing = new PassingSnapshots(snapshots, parts.stores().metadata().snapshots());
  }

  /** What is read while it stays as it is. */
  @FunctionalInterface
  interface Reading<T> {
    /**
     * Reads.
     *
     * @param moments of the snapshots that were asked for, in their order
     */
    T of(Project project, OpenProject held, List<Snapshot> moments)
        throws IOException, DaemonException;
  }

  @Override
  public ExportReport export(String project, Optional<String> snapshot, OutputStream out)
      throws DaemonException {
    return reading(
        project,
        List.of(snapshot),
        (found, held, moments) -> write(found, held, moments.getFirst(), snapshot, out));
  }

  /**
   * Holds states of a project for as long as they are read.
   *
   * @param states names of snapshots; empty: the project as it is
   */
  <T> T reading(String project, List<Optional<String>> states, Reading<T> reading)
      throws DaemonException {
    String name = PREFIX + parts.surroundings().newId();
    running.add(name);
    try {
      Project found = parts.catalogue().find(project);
      OpenProject held = parts.projects().held(found);
      removeLeft(found);
      var moments = new ArrayList<Moments.Moment>();
      try {
        for (Optional<String> state : states) {
          moments.add(
              state.isPresent()
                  ? passing.keep(found, state.get(), name)
                  : passing.make(found, name, COMMENT, name));
        }
        return reading.of(found, held, moments.stream().map(Moments.Moment::snapshot).toList());
      } finally {
        moments.forEach(Exports::letGo);
      }
    } catch (UnreadableException e) {
      throw unreadable(project, e);
    } catch (IOException e) {
      throw Explain.request("exporting project " + project, e);
    } finally {
      running.remove(name);
    }
  }

  private static ExportReport write(
      Project project,
      OpenProject held,
      Snapshot moment,
      Optional<String> snapshot,
      OutputStream out)
      throws IOException {
    View view = held.fileSystem().snapshots().view(moment);
    var contents = held.fileSystem().snapshots().contents(view);
    var digested = new DigestOutputStream(out, ExportReport.newDigest());
    TreeExport.Summary summary = new TreeExport(view, contents, digested).run();
    return new ExportReport(
        project.id().toString(),
        snapshot.orElse(null),
        moment.created().toString(),
        summary.entries(),
        summary.bytes(),
        HexFormat.of().formatHex(digested.getMessageDigest().digest()),
        summary.leftOut(),
        summary.unlisted());
  }

  private static DaemonException unreadable(String project, UnreadableException e) {
    return e.getCause() instanceof MetadataException.Unavailable
        ? new DaemonException.Unavailable(
            "exporting project %s: %s".formatted(project, e.getMessage()), e)
        : new DaemonException.Failed(
            "exporting project %s ended at %s; ./salvus check %s finds what else is damaged"
                .formatted(project, e.getMessage(), project),
            e);
  }

  /** The archive is whole whatever comes of this, and the next export tries it again. */
  private static void letGo(Moments.Moment moment) {
    try {
      moment.close();
    } catch (DaemonException | IOException e) {
      log.warn(
          "snapshot \"{}\" is held until the next export: {}",
          moment.snapshot().name(),
          e.getMessage());
    }
  }

  private void removeLeft(Project project) throws IOException, DaemonException {
    for (Snapshot each : parts.stores().metadata().snapshots().list(project.id())) {
      for (String tag : each.holds()) {
        if (isLeft(tag)) {
          passing.release(project, each.name(), tag);
        }
      }
      if (isLeft(each.name()) && each.comment().equals(COMMENT)) {
        removeLeft(project, each.name());
      }
    }
  }

  private boolean isLeft(String name) {
    return name.startsWith(PREFIX) && !running.contains(name);
  }

  private void removeLeft(Project project, String name) throws DaemonException {
    try {
      passing.remove(project, name, name);
    } catch (DaemonException.UnknownSnapshot e) {
      log.debug("its own export has removed it", e);
    }
  }
}
