package org.salvusfs.metadata.item;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.UUID;
import org.salvusfs.metadata.api.Lineage;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * The rollbacks in a tree's past. It is in the tree so that head and lineage change together.
 *
 * @param project whose commits the lineage speaks of: in the tree of a clone, as long as nothing
 *     was rolled back there, it may be the origin's
 */
public record LineageItem(ProjectId project, Lineage lineage) {
  private static final int FORK_BYTES = 2 * Long.BYTES;

  public byte[] encode() {
    var forks = lineage.forks();
    var out = ByteBuffer.allocate(2 * Long.BYTES + FORK_BYTES * forks.size());
    UUID uuid = project.uuid();
    out.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    forks.forEach(fork -> out.putLong(fork.from()).putLong(fork.txg()));
    return out.array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if it is something else
   */
  public static LineageItem decode(byte[] value) throws MetadataException.Corrupt {
    int forkBytes = value.length - 2 * Long.BYTES;
    if (forkBytes < 0 || forkBytes % FORK_BYTES != 0) {
      throw new MetadataException.Corrupt(
          "a tree item of kind LINEAGE has " + value.length + " bytes");
    }
    var in = ByteBuffer.wrap(value);
    var project = new ProjectId(new UUID(in.getLong(), in.getLong()));
    var forks = new ArrayList<Lineage.Fork>();
    while (in.hasRemaining()) {
      forks.add(new Lineage.Fork(in.getLong(), in.getLong()));
    }
    try {
      return new LineageItem(project, new Lineage(forks));
    } catch (IllegalArgumentException e) {
      throw new MetadataException.Corrupt("a tree item of kind LINEAGE: " + e.getMessage(), e);
    }
  }
}
