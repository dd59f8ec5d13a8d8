package org.salvusfs.metadata.item;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * What a directory that is a link shows: a directory of another project, read-only. Nothing of the
 * other project belongs to the tree that has the link.
 *
 * @param project that has the directory
 * @param uid who owns everything in it, as far as the link shows
 * @param gid likewise, the group
 * @param path of the directory, from that project's top, without a slash at either end; empty: the
 *     top
 */
public record LinkItem(ProjectId project, int uid, int gid, String path) {
  private static final int BYTES_MIN = 16 + 2 * Integer.BYTES;

  /** Of an encoded item: paths that are longer are no use to any program. */
  private static final int BYTES_MAX = BYTES_MIN + 4096;

  public byte[] encode() {
    byte[] text = path.getBytes(UTF_8);
    UUID uuid = project.uuid();
    return ByteBuffer.allocate(BYTES_MIN + text.length)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .putInt(uid)
        .putInt(gid)
        .put(text)
        .array();
  }

  /** Whether it can be stored. */
  public static boolean isValidPath(String path) {
    return path.getBytes(UTF_8).length <= BYTES_MAX - BYTES_MIN;
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if it is too short or too long
   */
  public static LinkItem decode(byte[] value) throws MetadataException.Corrupt {
    if (value.length < BYTES_MIN || value.length > BYTES_MAX) {
      throw new MetadataException.Corrupt(
          "a LINK item has %d bytes, not %d to %d".formatted(value.length, BYTES_MIN, BYTES_MAX));
    }
    var in = ByteBuffer.wrap(value);
    return new LinkItem(
        new ProjectId(new UUID(in.getLong(), in.getLong())),
        in.getInt(),
        in.getInt(),
        new String(value, BYTES_MIN, value.length - BYTES_MIN, UTF_8));
  }
}
