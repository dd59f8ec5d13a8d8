package org.salvusfs.metadata.item;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * What a project has received last. It is in the tree so that what was received and the word of it
 * come and go together, also by a rollback.
 *
 * @param project that received it: in the tree of a clone it is the origin, which tells that the
 *     clone has received nothing
 * @param txg the commit that brought it: as long as the tree's root was born there, nothing has
 *     changed since
 */
public record ReceivedItem(ProjectId project, long txg, State from) {
  /** Length of an encoded item. */
  public static final int BYTES = 16 + 8 + 16 + 8 + BlockId.BYTES;

  /**
   * A snapshot, told from all others of all clusters.
   *
   * @param project that it belongs to
   * @param created to the millisecond
   * @param root of its tree
   */
  public record State(ProjectId project, Instant created, BlockId root) {}

  public byte[] encode() {
    var out = ByteBuffer.allocate(BYTES);
    write(project, out);
    write(from.project(), out.putLong(txg));
    from.root().write(out.putLong(from.created().toEpochMilli()));
    return out.array();
  }

  private static void write(ProjectId id, ByteBuffer out) {
    UUID uuid = id.uuid();
    out.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if the length differs
   */
  public static ReceivedItem decode(byte[] value) throws MetadataException.Corrupt {
    ItemLength.check("RECEIVED", value, BYTES);
    var in = ByteBuffer.wrap(value);
    ProjectId project = readId(in);
    long txg = in.getLong();
    ProjectId source = readId(in);
    Instant created = Instant.ofEpochMilli(in.getLong());
    return new ReceivedItem(project, txg, new State(source, created, BlockId.read(in)));
  }

  private static ProjectId readId(ByteBuffer in) {
    return new ProjectId(new UUID(in.getLong(), in.getLong()));
  }
}
