package org.salvusfs.daemon.wiring;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.LinkRequest;
import org.salvusfs.daemon.management.LinkStatus;
import org.salvusfs.daemon.management.ManagedLinks;
import org.salvusfs.daemon.vfs.ProjectFileSystem.Link;
import org.salvusfs.daemon.vfs.StoredTree;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.LinkItem;

/**
 * Makes and removes links in the projects that this daemon holds or can hold, and has the kernel
 * forget what it keeps of them. Thread-safe.
 */
final class Linking implements ManagedLinks {
  private final Stores stores;
  private final Projects projects;
  private final Catalogue catalogue;
  private final Daemon.Mounted mounted;

  Linking(Daemon.Parts parts, Daemon.Mounted mounted) {
    this.stores = parts.stores();
    this.projects = parts.projects();
    this.catalogue = parts.catalogue();
    this.mounted = mounted;
  }

  /** A change, with its failures in words. */
  @FunctionalInterface
  private interface Change<T> {
    T run() throws IOException, DaemonException, FsException, InterruptedException;
  }

  private static <T> T change(String what, Change<T> change) throws DaemonException {
    try {
      return change.run();
    } catch (FsException e) {
      throw refused(what, e);
    } catch (IOException e) {
      throw Explain.request(what, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DaemonException.Failed(what + " was interrupted", e);
    }
  }

  private static DaemonException refused(String what, FsException e) {
    String said = String.valueOf(e.getMessage()).replaceFirst("^" + e.errno().name() + ": ", "");
    return switch (e.errno()) {
      case EEXIST ->
          said.equals(Errno.EEXIST.name())
              ? new DaemonException.Invalid(what + ": that is no name for a file")
              : new DaemonException.NameTaken(what + ": " + said);
      case ENOENT, ENOTDIR, EINVAL -> new DaemonException.Invalid(what + ": " + said);
      case ENAMETOOLONG -> new DaemonException.Invalid(what + ": the name is too long");
      case EDQUOT ->
          new DaemonException.Full(what + ": the limits of the project have no room for it");
      default -> new DaemonException.Failed(what + " failed: " + e.getMessage(), e);
    };
  }

  @Override
  public LinkStatus link(String project, LinkRequest request) throws DaemonException {
    return change("linking into project " + project, () -> linked(project, request));
  }

  private LinkStatus linked(String project, LinkRequest request)
      throws IOException, DaemonException, FsException, InterruptedException {
    Project source = catalogue.find(request.from());
    Project target = catalogue.find(project);
    if (source.id().equals(target.id())) {
      throw new DaemonException.Invalid(
          "a project has no links to itself; ln -s makes a symbolic one");
    }
    List<byte[]> directory = Restoring.names(request.directory());
    requireDirectory(source, directory);
    OpenProject held = projects.held(target);
    InodeItem owner = held.fileSystem().getattr(Keys.ROOT_INODE).item();
    var shows =
        new LinkItem(
            source.id(),
            id(request.uid(), owner.uid()),
            id(request.gid(), owner.gid()),
            text(directory));
    List<byte[]> to = Restoring.target(request.to(), directory, source);
    held.fileSystem().link(to, shows, new KernelCaches(mounted, target.id()));
    return status(target, text(to), shows, source.name());
  }

  private static int id(Optional<Long> wanted, int otherwise) throws DaemonException.Invalid {
    if (wanted.isEmpty()) {
      return otherwise;
    }
    long id = wanted.get();
    if (id < 0 || id > LinkRequest.ID_MAX) {
      throw new DaemonException.Invalid(
          "%d is no user or group; they are from 0 to %d".formatted(id, LinkRequest.ID_MAX));
    }
    return (int) id;
  }

  private static String text(List<byte[]> path) {
    return path.stream().map(name -> new String(name, UTF_8)).collect(Collectors.joining("/"));
  }

  private void requireDirectory(Project source, List<byte[]> directory)
      throws IOException, FsException, DaemonException.Invalid {
    if (!LinkItem.isValidPath(text(directory))) {
      throw new DaemonException.Invalid("the path of the directory is too long");
    }
    OpenProject held = projects.held(source);
    held.transactions().commit();
    try (var pin = held.transactions().pinRoot()) {
      new StoredTree(held.fileSystem(), held.tree().view(pin.root()), directory).requireDirectory();
    }
  }

  @Override
  public List<LinkStatus> list(String project) throws DaemonException {
    return change("listing the links of project " + project, () -> listed(catalogue.find(project)));
  }

  private List<LinkStatus> listed(Project project) throws IOException, InterruptedException {
    var all = new ArrayList<LinkStatus>();
    for (Link each : projects.held(project).fileSystem().links()) {
      Project source = stores.metadata().projects().find(each.shows().project());
      String name = source != null && source.isLive() ? source.name() : null;
      all.add(status(project, each.path(), each.shows(), name));
    }
    return all;
  }

  private static LinkStatus status(
      Project project, String path, LinkItem shows, @Nullable String sourceName) {
    return new LinkStatus(
        project.id().toString(),
        path,
        shows.project().toString(),
        sourceName,
        shows.path(),
        Integer.toUnsignedLong(shows.uid()),
        Integer.toUnsignedLong(shows.gid()));
  }

  @Override
  public LinkStatus unlink(String project, String path) throws DaemonException {
    return change("removing a link of project " + project, () -> unlinked(project, path));
  }

  private LinkStatus unlinked(String idOrName, String path)
      throws IOException, DaemonException, FsException, InterruptedException {
    Project project = catalogue.find(idOrName);
    List<byte[]> names = Restoring.names(path);
    String wanted = text(names);
    LinkStatus was =
        listed(project).stream()
            .filter(link -> link.path().equals(wanted))
            .findFirst()
            .orElseThrow(
                () ->
                    new DaemonException.Invalid(
                        "project %s has no link \"%s\"; ./salvus project links %s shows all"
                            .formatted(project.name(), wanted, project.name())));
    long at =
        projects.held(project).fileSystem().unlink(names, new KernelCaches(mounted, project.id()));
    mounted
        .fileSystem()
        .leave(project.id(), at)
        .forEach(node -> mounted.mount().invalidateNode(node, 0, 0));
    return was;
  }
}
