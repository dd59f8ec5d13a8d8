package org.salvusfs.metadata.item;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * What a clone began with. Nodes of its tree that another project made are nodes of that root, and
 * are not the clone's to delete.
 *
 * @param project that the snapshot belongs to
 * @param created the snapshot, to the millisecond
 * @param root the snapshot's tree
 */
public record OriginItem(ProjectId project, Instant created, BlockId root) {
  /** Length of an encoded item. */
  public static final int BYTES = 16 + 8 + BlockId.BYTES;

  public byte[] encode() {
    var out = ByteBuffer.allocate(BYTES);
    UUID uuid = project.uuid();
    out.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    root.write(out.putLong(created.toEpochMilli()));
    return out.array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if the length differs
   */
  public static OriginItem decode(byte[] value) throws MetadataException.Corrupt {
    ItemLength.check("ORIGIN", value, BYTES);
    var in = ByteBuffer.wrap(value);
    return new OriginItem(
        new ProjectId(new UUID(in.getLong(), in.getLong())),
        Instant.ofEpochMilli(in.getLong()),
        BlockId.read(in));
  }
}
