package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.daemon.datadir.SmallFile;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.RestoreReport;
import org.salvusfs.metadata.api.Fence;
import org.salvusfs.metadata.api.Head;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;
import org.salvusfs.metadata.api.SnapshotStore.Creation;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the projects of a target's last backup back into a cluster without projects:
 *
 * <ol>
 *   <li>a file says that a restore is under way: no garbage is collected until it is gone;
 *   <li>of each project the trees are copied, then its head and its snapshots are written. Nobody
 *       sees any of it;
 *   <li>when all of them are there, each gets its row, and with it its name: clones before their
 *       origins;
 *   <li>the file goes.
 * </ol>
 *
 * <p>Each step can be repeated, so a restore that was broken off goes on when it is begun again. Of
 * one thread.
 */
public final class Restore {
  private static final Logger log = LoggerFactory.getLogger(Restore.class);

  /**
   * Where the projects come back.
   *
   * @param keyCheck check value of the cluster's key
   * @param host this one
   * @param underWay the file that is there from the beginning to the end
   */
  public record Destination(
      ProjectStore projects,
      ProjectKeyStore projectKeys,
      HeadStore heads,
      SnapshotStore snapshots,
      NodeStore nodes,
      ChunkStore chunks,
      BlockCodec codec,
      byte[] keyCheck,
      UUID host,
      Path underWay) {}

  private final Destination to;
  private final Blocks from;
  private final Tally tally;
  private int restored;

  private Restore(Destination to, Blocks from, Tally tally) {
    this.to = to;
    this.from = from;
    this.tally = tally;
  }

  /**
   * Restores.
   *
   * @throws TargetException if the target cannot be used or is damaged, or there are projects here
   */
  public static RestoreReport run(Destination to, Depot depot, CheckProgress progress)
      throws IOException {
    requireEmpty(to, depot);
    TargetHeader header = Target.require(depot);
    if (!MessageDigest.isEqual(header.keyCheck(), to.keyCheck())) {
      throw new TargetException(
          "%s holds backups of a cluster with another key than this installation's; stop this one, and restore with a --data that does not exist yet: that brings the key, too"
              .formatted(depot.name()));
    }
    Target.Named latest =
        Target.latest(depot, to.codec())
            .orElseThrow(
                () -> new TargetException("no backup in %s is complete".formatted(depot.name())));
    try (Target target = Target.open(depot)) {
      return from(target, latest, to, progress);
    }
  }

  private static RestoreReport from(
      Target target, Target.Named latest, Destination to, CheckProgress progress)
      throws IOException {
    Manifest manifest = latest.manifest();
    var tally = new Tally(progress, manifest.records().size());
    var restore = new Restore(to, target.blocks(), tally);
    int snapshots = restore.all(manifest.records().values(), target.projectKeys(), target.name());
    return new RestoreReport(
        target.name(),
        latest.file(),
        manifest.made().toString(),
        restore.restored,
        snapshots,
        tally.chunks() + tally.nodes(),
        tally.bytes());
  }

  private static void requireEmpty(Destination to, Depot depot) throws IOException {
    if (Files.exists(to.underWay())) {
      return; // what is there, this restore brought
    }
    List<Project> present = new ArrayList<>(to.projects().list());
    present.addAll(to.projects().purging());
    if (!present.isEmpty()) {
      throw new TargetException(
          "there are projects here already (%d, such as %s); restore %s with a --data that does not exist yet, or purge them"
              .formatted(present.size(), present.getFirst().name(), depot.name()));
    }
  }

  /** The project that a record on the target describes. */
  static ProjectRecord record(BlockId id, Blocks from, BlockCodec codec) throws IOException {
    byte[] sealed = from.chunk(id);
    if (sealed == null) {
      throw new TargetException("the target has lost record " + id + "; it is damaged");
    }
    return ProjectRecord.decode(codec.open(id, sealed));
  }

  private int all(Iterable<BlockId> ids, ProjectKeys keys, String target) throws IOException {
    Map<ProjectId, ProjectRecord> records = new LinkedHashMap<>();
    for (BlockId id : ids) {
      ProjectRecord record = record(id, from, to.codec());
      if (record.project().ownKey() && !keys.wrapped().containsKey(record.id())) {
        log.warn(
            "project {} ({}) is left out: its key is not on the target any more",
            record.project().name(),
            record.id());
        continue;
      }
      records.put(record.id(), record);
    }
    restored = records.size();
    SmallFile.write(to.underWay(), target + "\n");
    int snapshots = 0;
    for (ProjectRecord record : records.values()) {
      tally.begin(record.bytes());
      if (to.projects().find(record.id()) == null) {
        byte[] key = keys.wrapped().get(record.id());
        if (key != null) {
          to.projectKeys().create(record.id(), key); // its blocks are authenticated with it
        }
        copy(record);
        writeHead(record);
      }
      snapshots += (int) record.snapshots().stream().filter(one -> !one.isDeleting()).count();
      tally.end();
    }
    Set<ProjectId> shown = new HashSet<>();
    for (ProjectRecord record : records.values()) {
      show(record, records, shown);
    }
    Files.delete(to.underWay());
    return snapshots;
  }

  private void copy(ProjectRecord record) throws IOException {
    var copier =
        new TreeCopier(from, new ClusterBlocks(to.nodes(), to.chunks()), to.codec(), tally);
    copier.copy(record.root());
    for (Snapshot snapshot : record.snapshots()) {
      if (!snapshot.isDeleting()) {
        copier.copy(snapshot.root());
      }
    }
    for (Snapshot snapshot : record.snapshots()) {
      if (snapshot.isDeleting()) {
        copier.copyRemains(snapshot.root());
      }
    }
  }

  private void writeHead(ProjectRecord record) throws IOException {
    ProjectId id = record.id();
    forgetAnotherBackup(record);
    to.heads().create(id, record.root(), record.txg());
    var nobody = new Fence(id, 0, to.host(), to.host());
    to.snapshots().open(nobody);
    // Only of those that may be used are the names unique: they come last.
    List<Snapshot> inOrder = new ArrayList<>(record.snapshots());
    inOrder.sort((a, b) -> Boolean.compare(b.isDeleting(), a.isDeleting()));
    for (Snapshot snapshot : inOrder) {
      Creation creation = to.snapshots().create(nobody, snapshot);
      if (creation != Creation.CREATED) {
        throw new IOException(
            "snapshot %s of project %s cannot be written: %s"
                .formatted(snapshot.name(), record.project().name(), creation));
      }
    }
  }

  /** What an attempt from another manifest wrote of a project that nobody has seen yet. */
  private void forgetAnotherBackup(ProjectRecord record) throws IOException {
    Head head = to.heads().read(record.id());
    boolean isOther =
        head != null && (!head.root().equals(record.root()) || head.txg() != record.txg());
    if (isOther || !record.snapshots().containsAll(to.snapshots().listAll(record.id()))) {
      to.heads().remove(record.id());
      to.snapshots().forget(record.id());
    }
  }

  /** Gives a project its row, behind those of its clones. */
  private void show(
      ProjectRecord record, Map<ProjectId, ProjectRecord> records, Set<ProjectId> shown)
      throws IOException {
    if (!shown.add(record.id())) {
      return;
    }
    for (Snapshot snapshot : record.snapshots()) {
      for (ProjectId id : snapshot.clones().keySet()) {
        ProjectRecord clone = records.get(id);
        if (clone != null) {
          show(clone, records, shown);
        }
      }
    }
    Project project = record.project();
    if (!to.projects().create(project)) {
      throw new TargetException(
          "a project named \"%s\" was made here during the restore; purge it, and restore again"
              .formatted(project.name()));
    }
    to.projects().setLimits(project.id(), project.limits());
    to.projects().setSnapshotPolicy(project.id(), project.snapshotPolicy());
  }
}
