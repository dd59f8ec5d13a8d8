package org.salvusfs.daemon.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.salvusfs.daemon.crew.Crew;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.ImportReport;
import org.salvusfs.daemon.posix.LocalFileException;
import org.salvusfs.daemon.posix.LocalFiles;
import org.salvusfs.daemon.posix.LocalStat;
import org.salvusfs.daemon.vfs.ProjectFileSystem;

/**
 * Makes a project contain what a local directory contains: contents with their holes, owners,
 * modes, times, links of both kinds, device nodes, ACLs and all other extended attributes. What is
 * in the project besides stays. What is there already with the same size and modification time is
 * not read again; a file that differs is replaced at once, by a rename.
 *
 * <p>One import at a time for one object; what concerns a single entry and fails is noted, and the
 * rest goes on.
 */
public final class Importer {
  /** Names that one task does, so that a large directory is shared among workers. */
  private static final int NAMES_PER_TASK = 64;

  /** A directory of the project whose attributes are set when nothing changes in it any more. */
  private record Finished(long node, byte[] path, LocalStat stat) {}

  /** A further name of a file. */
  private record Link(long parent, byte[] name, byte[] path, FileKey file) {}

  /** A file of the source, whatever its name. */
  private record FileKey(long device, long inode) {}

  private final Replica replica;
  private final Executor workers;
  private final int parallelism;
  private final Tally tally;

  private final Queue<Finished> directories = new ConcurrentLinkedQueue<>();
  private final Queue<Link> links = new ConcurrentLinkedQueue<>();

  /** Files with several names: their nodes, 0 until one name is there. */
  private final Map<FileKey, Long> linked = new ConcurrentHashMap<>();

  /**
   * @param project its inodes are the nodes; lookups are given back
   * @param workers may reject tasks while it shuts down
   * @param parallelism how many workers to use at most
   * @param unique what no other import was given
   * @param progress called by one thread at a time; what it throws ends the import
   */
  public Importer(
      FileSystem project,
      ProjectFileSystem.Changes changes,
      Executor workers,
      int parallelism,
      String unique,
      CheckProgress progress) {
    this.workers = workers;
    this.parallelism = parallelism;
    this.tally = new Tally(progress);
    this.replica = new Replica(project, changes, tally, unique);
  }

  /**
   * Imports. Nothing is durable yet on return.
   *
   * @param directory absolute
   * @throws LocalFileException if it cannot be read at all
   * @throws ImportEndedException if the project can take no more
   */
  public ImportReport run(String projectName, Path directory) throws IOException {
    byte[] top = directory.toString().getBytes(StandardCharsets.UTF_8);
    List<byte[]> names = LocalFiles.list(top);
    var ended = new AtomicBoolean();
    tally.whenLong(() -> workers.execute(() -> new Census(tally, ended::get).count(top)));
    try {
      directories.add(new Finished(FileSystem.ROOT, top, LocalFiles.stat(top)));
      var contents = new Crew(workers, parallelism);
      enterAll(contents, FileSystem.ROOT, top, names);
      contents.finish();
      together(links, this::link);
      together(directories, this::finish);
      return tally.report(projectName);
    } finally {
      ended.set(true);
    }
  }

  /** What is done for each of many. */
  private interface Each<T> {
    void run(T one) throws IOException;
  }

  private <T> void together(Queue<T> all, Each<T> each) throws IOException {
    var crew = new Crew(workers, parallelism);
    for (T one : all) {
      crew.add(() -> each.run(one));
    }
    crew.finish();
  }

  private void list(Crew crew, long parent, byte[] path) throws IOException {
    List<byte[]> names;
    try {
      names = LocalFiles.list(path);
    } catch (LocalFileException e) {
      tally.failed(String.valueOf(e.getMessage()));
      return;
    }
    enterAll(crew, parent, path, names);
  }

  private void enterAll(Crew crew, long parent, byte[] path, List<byte[]> names) {
    for (int i = 0; i < names.size(); i += NAMES_PER_TASK) {
      List<byte[]> some = names.subList(i, Math.min(names.size(), i + NAMES_PER_TASK));
      crew.add(
          () -> {
            for (byte[] name : some) {
              noting(path, name, entry -> enter(crew, parent, name, entry));
            }
          });
    }
  }

  /** Something about an entry that the project or the source may refuse. */
  private interface Step {
    void run(byte[] path) throws IOException, FsException;
  }

  private void noting(byte[] directory, byte[] name, Step step) throws IOException {
    noting(Paths.resolve(directory, name), step);
  }

  private void noting(byte[] path, Step step) throws IOException {
    try {
      step.run(path);
    } catch (LocalFileException e) {
      tally.failed(String.valueOf(e.getMessage()));
    } catch (FsException e) {
      if (endsAll(e.errno())) {
        throw new ImportEndedException(e.errno(), Paths.text(path));
      }
      tally.failed(Paths.text(path) + ": " + e.getMessage());
    }
  }

  private static boolean endsAll(Errno errno) {
    return errno == Errno.EDQUOT || errno == Errno.ENOSPC || errno == Errno.EIO;
  }

  private void enter(Crew crew, long parent, byte[] name, byte[] path)
      throws IOException, FsException {
    LocalStat stat = LocalFiles.stat(path);
    if (stat.isDirectory()) {
      long node = replica.directory(parent, name, stat);
      directories.add(new Finished(node, path, stat));
      crew.add(() -> list(crew, node, path));
      return;
    }
    if (stat.nlink() == 1) {
      replica.entry(parent, name, path, stat);
      return;
    }
    var file = new FileKey(stat.device(), stat.inode());
    if (linked.putIfAbsent(file, 0L) == null) {
      linked.put(file, replica.entry(parent, name, path, stat));
    } else {
      links.add(new Link(parent, name, path, file));
    }
  }

  private void link(Link link) throws IOException {
    noting(
        link.path(),
        path -> {
          long node = linked.getOrDefault(link.file(), 0L);
          if (node == 0) { // the other name failed, or was gone
            replica.entry(link.parent(), link.name(), path, LocalFiles.stat(path));
          } else {
            replica.link(node, link.parent(), link.name());
          }
        });
  }

  private void finish(Finished directory) throws IOException {
    noting(directory.path(), path -> replica.finish(directory.node(), path, directory.stat()));
  }
}
