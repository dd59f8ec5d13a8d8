package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.daemon.management.BackupReport;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.api.SnapshotStore;

/**
 * Saves projects to a {@link Target}, one after the other:
 *
 * <ol>
 *   <li>hold a moment of it: from now on its tree and its snapshots' stay, or are known to be gone;
 *   <li>copy the trees that the target has not got, the live one first;
 *   <li>put its record.
 * </ol>
 *
 * <p>When all are there, the packs are sealed and a manifest names the records. A project that
 * cannot be read does not keep the others from being saved; a target that fails ends the run. Of
 * one thread.
 */
public final class Backup {
  /**
   * What is saved.
   *
   * @param projectKeys wrapped
   * @param chunks as they are stored, sealed
   * @param keyCheck check value of the cluster's key
   * @param clock the time
   */
  public record Sources(
      ProjectStore projects,
      ProjectKeyStore projectKeys,
      SnapshotStore snapshots,
      NodeStore nodes,
      ChunkStore chunks,
      BlockCodec codec,
      UUID cluster,
      byte[] keyCheck,
      Moments moments,
      Supplier<Instant> clock) {}

  /**
   * Where it is saved to.
   *
   * @param hasKey whether the key file lies there, too
   * @param keyText the key file if it is to be written now
   */
  public record Place(Depot depot, boolean hasKey, Optional<String> keyText) {}

  private final Sources sources;
  private final Tally tally;
  private final List<String> failures = new ArrayList<>();
  private int saved;

  private Backup(Sources sources, Tally tally) {
    this.sources = sources;
    this.tally = tally;
  }

  /**
   * Saves.
   *
   * @param wanted what to save
   * @param isAll whether that is all there is: others that earlier backups have are left out
   * @throws TargetException if the target cannot be used, or fails; its last backup is unharmed
   * @throws DaemonException.Failed if nothing could be saved
   */
  public static BackupReport run(
      Sources sources, Place place, List<Project> wanted, boolean isAll, CheckProgress progress)
      throws IOException, DaemonException {
    Optional<TargetHeader> present = Target.look(place.depot());
    if (present.isPresent()) {
      Target.requireKey(place.depot(), present.get(), sources.keyCheck());
    }
    Optional<Target.Named> last = Target.latest(place.depot(), sources.codec());
    var header = new TargetHeader(sources.keyCheck(), place.hasKey());
    try (Target target = Target.openOrMake(place.depot(), header, place.keyText())) {
      return new Backup(sources, new Tally(progress, wanted.size()))
          .to(target, last, wanted, isAll);
    }
  }

  /** Whether the key file lies on a target; empty if that has no backups yet. */
  public static Optional<Boolean> hasKey(Depot depot) throws TargetException {
    return Target.look(depot).map(TargetHeader::hasKey);
  }

  private BackupReport to(
      Target target, Optional<Target.Named> last, List<Project> wanted, boolean isAll)
      throws IOException, DaemonException {
    Map<ProjectId, BlockId> before =
        last.map(named -> named.manifest().records()).orElseGet(Map::of);
    Map<ProjectId, BlockId> records = new LinkedHashMap<>();
    if (!isAll) {
      records.putAll(before);
    }
    Blocks blocks = target.blocks();
    for (Project project : wanted) {
      BlockId earlier = before.get(project.id());
      BlockId record = saveOrNote(project, blocks, earlier != null);
      if (record == null) {
        record = earlier;
      }
      if (record != null) {
        records.put(project.id(), record);
      }
      tally.end();
    }
    if (saved == 0 && !failures.isEmpty()) {
      throw new DaemonException.Failed("nothing was saved: " + failures.getFirst());
    }
    var keys = new HashMap<ProjectId, byte[]>();
    int snapshots = 0;
    for (var each : List.copyOf(records.entrySet())) {
      ProjectRecord record = Restore.record(each.getValue(), blocks, sources.codec());
      if (record.project().ownKey() && !noteKey(record.id(), keys)) {
        records.remove(each.getKey()); // it was purged since an earlier backup
        continue;
      }
      snapshots += (int) record.snapshots().stream().filter(one -> !one.isDeleting()).count();
    }
    blocks.sync();
    return sealed(target, records, new ProjectKeys(keys), snapshots);
  }

  /** False if the project's key is destroyed. */
  private boolean noteKey(ProjectId project, Map<ProjectId, byte[]> keys) throws IOException {
    byte[] wrapped = sources.projectKeys().find(project);
    if (wrapped != null) {
      keys.put(project, wrapped);
    }
    return wrapped != null;
  }

  /** The keys come before the manifest that needs them, and go with the one before. */
  private BackupReport sealed(
      Target target, Map<ProjectId, BlockId> records, ProjectKeys keys, int snapshots)
      throws IOException {
    Instant made = sources.clock().get().truncatedTo(ChronoUnit.MILLIS);
    var manifest = new Manifest(made, sources.cluster(), target.seal(), records);
    target.replaceProjectKeys(keys);
    String file = target.add(manifest, sources.codec());
    return new BackupReport(
        target.name(),
        file,
        records.size(),
        snapshots,
        tally.chunks() + tally.nodes(),
        tally.bytes(),
        target.header().hasKey(),
        failures);
  }

  /** The record's block; null if the project could not be saved, which is noted. */
  private @Nullable BlockId saveOrNote(Project project, Blocks blocks, boolean isThereFromBefore)
      throws TargetException {
    try {
      BlockId record = save(project, blocks);
      saved++;
      return record;
    } catch (TargetException e) {
      throw e;
    } catch (IOException | DaemonException e) {
      failures.add(
          "project %s was not saved (%s); %s"
              .formatted(
                  project.name(),
                  e.getMessage(),
                  isThereFromBefore
                      ? "what the last backup has of it is kept"
                      : "no backup has it yet"));
      return null;
    }
  }

  private BlockId save(Project project, Blocks blocks) throws IOException, DaemonException {
    try (Moments.Moment moment = sources.moments().hold(project)) {
      Snapshot now = moment.snapshot();
      tally.begin(now.bytes());
      Project row = sources.projects().find(project.id());
      if (row == null) {
        throw new DaemonException.UnknownProject("it was removed meanwhile");
      }
      var copier =
          new TreeCopier(
              new ClusterBlocks(sources.nodes(), sources.chunks()), blocks, sources.codec(), tally);
      copier.copy(now.root());
      var record =
          new ProjectRecord(row, now.root(), now.txg(), now.bytes(), snapshots(now, copier));
      return put(record.encode(), blocks);
    }
  }

  /** Copies the snapshots up to a moment, and says which they are. */
  private List<Snapshot> snapshots(Snapshot now, TreeCopier copier) throws IOException {
    List<Snapshot> usable = new ArrayList<>();
    for (Snapshot snapshot : upTo(now)) {
      if (!snapshot.isDeleting() && isCopied(snapshot, copier)) {
        usable.add(snapshot);
      }
    }
    // Those that are being deleted as of when the others were copied: one may have come to them.
    List<Snapshot> all = new ArrayList<>();
    for (Snapshot snapshot : upTo(now)) {
      if (snapshot.isDeleting()) {
        copier.copyRemains(snapshot.root());
        all.add(snapshot);
      } else if (usable.stream().anyMatch(one -> one.created().equals(snapshot.created()))) {
        all.add(snapshot); // with the holds and clones of now
      }
    }
    return all;
  }

  private List<Snapshot> upTo(Snapshot now) throws IOException {
    return sources.snapshots().listAll(now.project()).stream()
        .filter(one -> one.txg() <= now.txg() && !one.created().equals(now.created()))
        .toList();
  }

  /** False if it was deleted while it was being copied. */
  private boolean isCopied(Snapshot snapshot, TreeCopier copier) throws IOException {
    try {
      copier.copy(snapshot.root());
      return true;
    } catch (TargetException e) {
      throw e;
    } catch (IOException e) {
      boolean isStillThere =
          sources.snapshots().list(snapshot.project()).stream()
              .anyMatch(one -> one.created().equals(snapshot.created()));
      if (isStillThere) {
        throw new IOException("snapshot " + snapshot.name() + ": " + e.getMessage(), e);
      }
      return false;
    }
  }

  private BlockId put(byte[] record, Blocks blocks) throws IOException {
    BlockId id = sources.codec().id(ByteBuffer.wrap(record));
    if (!blocks.hasChunk(id)) {
      byte[] sealed = sources.codec().seal(id, record, 0, record.length);
      blocks.putChunk(id, sealed);
      tally.chunk(sealed.length);
    }
    return id;
  }
}
