package org.salvusfs.daemon.backup;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.api.Project;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.Snapshot;
import org.salvusfs.metadata.item.LineageItem;

/**
 * A project in a backup: what the catalogue says of it, one moment of its tree, and its snapshots
 * up to then. The same project has the same bytes, so a record is a block like any other, and one
 * that did not change is stored once.
 *
 * @param project live, and not above its soft limit as far as this says
 * @param root of its tree at that moment
 * @param txg the commit that made the root
 * @param bytes of all files, as of then
 * @param snapshots oldest first, with those that are being deleted: the others' nodes are freed by
 *     what these have
 * @see "docs/formats/backup-v1.md"
 */
record ProjectRecord(
    Project project, BlockId root, long txg, long bytes, List<Snapshot> snapshots) {
  private static final int MAGIC = 0x53564250; // "SVBP"

  /** Under the cluster's key. */
  private static final int VERSION = 1;

  /** The same fields, of a project with a key of its own: programs from before refuse it. */
  private static final int OWN_KEY_VERSION = 2;

  ProjectRecord {
    snapshots = List.copyOf(snapshots);
  }

  ProjectId id() {
    return project.id();
  }

  byte[] encode() {
    var bytesOut = new ByteArrayOutputStream();
    try (var out = new DataOutputStream(bytesOut)) {
      out.writeInt(MAGIC);
      out.writeByte(project.ownKey() ? OWN_KEY_VERSION : VERSION);
      writeProject(out);
      out.write(root.toBytes());
      out.writeLong(txg);
      out.writeLong(bytes);
      out.writeInt(snapshots.size());
      for (Snapshot snapshot : snapshots) {
        write(out, snapshot);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("an array takes everything", e);
    }
    return bytesOut.toByteArray();
  }

  private void writeProject(DataOutputStream out) throws IOException {
    Fields.write(out, id().uuid());
    Fields.write(out, project.name());
    out.writeLong(project.created().toEpochMilli());
    out.writeByte(project.durability() == Durability.HOST ? 0 : 1);
    out.writeByte(project.compression() == Compression.LZ4 ? 0 : 1);
    Limits limits = project.limits();
    out.writeLong(limits.hardBytes());
    out.writeLong(limits.softBytes());
    out.writeLong(limits.grace().toSeconds());
    out.writeLong(limits.inodes());
    out.writeLong(limits.reserveBytes());
    Fields.write(out, project.snapshotPolicy());
  }

  private static void write(DataOutputStream out, Snapshot snapshot) throws IOException {
    out.writeLong(snapshot.created().toEpochMilli());
    Fields.write(out, snapshot.name());
    out.write(snapshot.root().toBytes());
    out.writeLong(snapshot.txg());
    out.writeLong(snapshot.bytes());
    out.writeLong(snapshot.inodes());
    out.writeByte(
        switch (snapshot.kind()) {
          case AUTO -> 0;
          case MANUAL -> 1;
          case BEFORE_RESTORE -> 2;
        });
    out.writeByte(snapshot.isDeleting() ? 1 : 0);
    Fields.write(out, snapshot.comment());
    Fields.write(out, new LineageItem(snapshot.project(), snapshot.lineage()).encode());
    out.writeInt(snapshot.holds().size());
    for (String tag : new TreeSet<>(snapshot.holds())) {
      Fields.write(out, tag);
    }
    out.writeInt(snapshot.clones().size());
    Map<UUID, UUID> clones = new TreeMap<>();
    snapshot.clones().forEach((clone, maker) -> clones.put(clone.uuid(), maker));
    for (var clone : clones.entrySet()) {
      Fields.write(out, clone.getKey());
      Fields.write(out, clone.getValue());
    }
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws IOException if it is something else, or of a newer version
   */
  static ProjectRecord decode(byte[] encoded) throws IOException {
    try (var in = new DataInputStream(new ByteArrayInputStream(encoded))) {
      Fields.require(in.readInt() == MAGIC, "the record of a project");
      int version = in.readUnsignedByte();
      Fields.require(
          version == VERSION || version == OWN_KEY_VERSION,
          "a record of version 1 or 2, but of version " + version);
      Project project = readProject(in);
      if (version == OWN_KEY_VERSION) {
        project = project.withOwnKey();
      }
      BlockId root = Fields.readId(in);
      long txg = in.readLong();
      long bytes = in.readLong();
      int count = Fields.readCount(in);
      var snapshots = new ArrayList<Snapshot>();
      for (int i = 0; i < count; i++) {
        snapshots.add(readSnapshot(in, project.id()));
      }
      Fields.require(in.available() == 0, "a record alone");
      return new ProjectRecord(project, root, txg, bytes, snapshots);
    } catch (EOFException | IllegalArgumentException e) {
      throw new IOException("this is no record of a project (" + e.getMessage() + ")", e);
    }
  }

  private static Project readProject(DataInputStream in) throws IOException {
    var id = new ProjectId(Fields.readUuid(in));
    String name = Fields.readText(in);
    Instant created = Instant.ofEpochMilli(in.readLong());
    Durability durability = in.readByte() == 0 ? Durability.HOST : Durability.QUORUM;
    Compression compression = in.readByte() == 0 ? Compression.LZ4 : Compression.ZSTD;
    long hardBytes = in.readLong();
    long softBytes = in.readLong();
    Duration grace = Duration.ofSeconds(in.readLong());
    var limits = new Limits(hardBytes, softBytes, grace, in.readLong(), in.readLong());
    return new Project(id, name, durability, compression, created)
        .withLimits(limits)
        .withSnapshotPolicy(Fields.readText(in));
  }

  private static Snapshot readSnapshot(DataInputStream in, ProjectId project) throws IOException {
    Instant created = Instant.ofEpochMilli(in.readLong());
    String name = Fields.readText(in);
    BlockId root = Fields.readId(in);
    long txg = in.readLong();
    long bytes = in.readLong();
    long inodes = in.readLong();
    int kindCode = in.readUnsignedByte();
    Fields.require(kindCode < Snapshot.Kind.values().length, "a kind of snapshot");
    Snapshot.Kind kind =
        switch (kindCode) {
          case 0 -> Snapshot.Kind.AUTO;
          case 1 -> Snapshot.Kind.MANUAL;
          default -> Snapshot.Kind.BEFORE_RESTORE;
        };
    boolean isDeleting = in.readByte() != 0;
    String comment = Fields.readText(in);
    var lineage = LineageItem.decode(Fields.readBytes(in)).lineage();
    Set<String> holds = new HashSet<>();
    for (int left = Fields.readCount(in); left > 0; left--) {
      holds.add(Fields.readText(in));
    }
    Map<ProjectId, UUID> clones = new HashMap<>();
    for (int left = Fields.readCount(in); left > 0; left--) {
      clones.put(new ProjectId(Fields.readUuid(in)), Fields.readUuid(in));
    }
    return new Snapshot(
        project,
        created,
        name,
        root,
        txg,
        bytes,
        inodes,
        kind,
        comment,
        lineage,
        holds,
        clones,
        isDeleting);
  }
}
