package org.salvusfs.benchmarks.snapshots;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.Installation;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ImportReport;

/**
 * An installation of its own on this machine, asked over its API, as a hub would. A tree is a
 * project.
 */
final class SalvusKeeper implements Keeper {
  /** How a tree comes into its project. */
  enum Way {
    /**
     * Imported from outside: the import is measured with the snapshot. What comes back is exported
     * and unpacked.
     */
    IMPORT(Compression.LZ4),

    /** The same, compressed more. */
    IMPORT_ZSTD(Compression.ZSTD),

    /** Worked on in the mount: the snapshot alone is measured. What comes back is copied out. */
    MOUNT(Compression.LZ4);

    private final Compression compression;

    Way(Compression compression) {
      this.compression = compression;
    }
  }

  /** tar asks the pipe for 512 KiB at a time, not 10: half the work. */
  private static final String TAR_RECORD = "--blocking-factor=1024";

  private final Way way;
  private final Installation salvus;
  private final Map<ByteBuffer, Integer> nodes = new HashMap<>();

  /**
   * Not yet started.
   *
   * @param home where the installation will be; is not there
   */
  SalvusKeeper(Way way, Path home) {
    this.way = way;
    this.salvus = new Installation(home);
  }

  @Override
  public String label() {
    return "salvusfs-" + way.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  @Override
  public void open() throws IOException, InterruptedException, DaemonException {
    salvus.start();
    for (String tree : Versions.TREES) {
      salvus.client().createProject(tree, Optional.empty(), Optional.of(way.compression));
    }
  }

  @Override
  public void prepare(Path tree) throws IOException, InterruptedException, DaemonException {
    if (way == Way.MOUNT) {
      Shell.run(tree, "rsync", "-aHAX", "--delete", "./", project(tree) + "/");
      salvus.client().commit();
    }
  }

  @Override
  public void save(Path tree, String version) throws IOException, DaemonException {
    String project = tree.getFileName().toString();
    if (way != Way.MOUNT) {
      ImportReport report = salvus.client().importDirectory(project, tree, (done, total) -> {});
      if (!report.isComplete()) {
        throw new IOException("not everything was imported: " + report.failures());
      }
    }
    salvus.client().snapshots().create(project, Optional.of(version), "");
  }

  /**
   * The packs, and the nodes of trees with their ids. Nodes that are gone since an earlier call
   * count on: replaced ones go a minute later, those of rehearsals while versions are kept.
   */
  @Override
  public long storedBytes() throws IOException {
    nodes.putAll(salvus.nodes());
    long bytes = FileTree.bytes(salvus.packs());
    for (var node : nodes.entrySet()) {
      bytes += node.getKey().remaining() + node.getValue();
    }
    return bytes;
  }

  @Override
  public void restore(Path tree, String version, Path target)
      throws IOException, InterruptedException, DaemonException {
    if (way == Way.MOUNT) {
      Path snapshot = project(tree).resolve(".snapshots").resolve(version);
      Shell.run(target, "cp", "-a", snapshot + "/.", ".");
      return;
    }
    String project = tree.getFileName().toString();
    Shell.feed(
        target,
        in -> salvus.client().exports().export(project, Optional.of(version), in),
        "tar",
        "-x",
        TAR_RECORD,
        "--xattrs",
        "--acls");
  }

  @Override
  public void close() throws IOException, InterruptedException {
    salvus.stop();
  }

  private Path project(Path tree) {
    return salvus.project(tree.getFileName().toString());
  }
}
