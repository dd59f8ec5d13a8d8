package org.salvusfs.daemon.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.List;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.CopyReport;
import org.salvusfs.daemon.management.CopyRequest;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.vfs.ProjectFileSystem.Copied;
import org.salvusfs.daemon.vfs.StoredTree;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.View;

/**
 * Copies files and directories between projects of this daemon, and within them. All of them keep
 * their chunks in one store, so that the copy refers to those of its source.
 */
final class Copying {
  private static final String HIDDEN = ".salvus-copy-";

  private final Stores stores;
  private final Projects projects;
  private final Surroundings surroundings;
  private final Daemon.Mounted mounted;

  Copying(Daemon.Parts parts, Daemon.Mounted mounted) {
    this.stores = parts.stores();
    this.projects = parts.projects();
    this.surroundings = parts.surroundings();
    this.mounted = mounted;
  }

  /** Copies what the source is now, or was, whatever is done to it meanwhile. */
  CopyReport run(Project source, Project target, CopyRequest request, CheckProgress progress)
      throws IOException, DaemonException {
    List<byte[]> path = Restoring.names(request.path());
    List<byte[]> to = Restoring.target(request.to(), path, source);
    OpenProject from = projects.held(source);
    OpenProject into = projects.held(target);
    from.transactions().commit();
    // A snapshot that is deleted meanwhile keeps its nodes, too, until the pin is closed.
    try (var pin = from.transactions().pinRoot()) {
      View commit =
          request.snapshot().isPresent()
              ? from.fileSystem().snapshots().view(kept(source, request.snapshot().get()))
              : from.tree().view(pin.root());
      Copied copied =
          into.fileSystem()
              .copy(
                  new StoredTree(from.fileSystem(), commit, path),
                  to,
                  request.replace(),
                  (HIDDEN + surroundings.newId()).getBytes(UTF_8),
                  done -> progress.at(done, 0),
                  new KernelCaches(mounted, target.id()));
      return new CopyReport(target.id().toString(), copied.entries(), copied.bytes());
    } catch (FsException e) {
      throw refused(target, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DaemonException.Failed("the copy was interrupted", e);
    }
  }

  private Snapshot kept(Project source, String name) throws IOException, DaemonException {
    Snapshot found = stores.metadata().snapshots().find(source.id(), name);
    if (found == null) {
      throw Snapshots.unknown(source, name);
    }
    return found;
  }

  private static DaemonException refused(Project target, FsException e) {
    String said = String.valueOf(e.getMessage());
    if (said.equals(Errno.EEXIST.name())) {
      return new DaemonException.Invalid("nothing was copied: .snapshots is no name for a file");
    }
    String words = said.replaceFirst("^" + e.errno().name() + ": ", "");
    return switch (e.errno()) {
      case EEXIST ->
          new DaemonException.NameTaken(
              "nothing was copied into project %s: %s; --force replaces it"
                  .formatted(target.name(), words));
      case ENOENT -> new DaemonException.Invalid("nothing was copied: " + words);
      case ENAMETOOLONG -> new DaemonException.Invalid("nothing was copied: the name is too long");
      case EDQUOT ->
          new DaemonException.Full(
              "nothing was copied: project %s has no room for it; ./salvus project set raises its limits"
                  .formatted(target.name()));
      default ->
          new DaemonException.Failed(
              "copying into project %s failed: %s".formatted(target.name(), e.getMessage()), e);
    };
  }
}
