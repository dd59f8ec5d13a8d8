package org.salvusfs.metadata.tree;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * The plaintext of a node, version 1, and its sealed form.
 *
 * @see "docs/formats/node-v1.md"
 */
final class NodeCodec {
  /** Length of what precedes the items. */
  static final int HEADER_BYTES = 4 + 1 + 1 + 16 + 8 + 4;

  private static final int MAGIC = 0x53564E44; // "SVND"
  private static final byte VERSION = 1;
  private static final int ITEM_BYTES_MIN = 3;

  private NodeCodec() {}

  /** Encoded length of an item whose key shares {@code shared} bytes with the one before. */
  static int itemBytes(int level, int shared, int keyBytes, int valueBytes) {
    int suffixBytes = keyBytes - shared;
    int lengths = varintBytes(shared) + varintBytes(suffixBytes);
    return lengths + (level == 0 ? varintBytes(valueBytes) : 0) + suffixBytes + valueBytes;
  }

  /** How many bytes two keys in one array have in common at their start. */
  static int sharedBytes(byte[] in, int from, int to, int otherFrom, int otherTo) {
    int mismatch = Arrays.mismatch(in, from, to, in, otherFrom, otherTo);
    return mismatch < 0 ? to - from : mismatch;
  }

  /** Encodes, names and seals a node, puts it among {@code added}, and returns its id. */
  static BlockId seal(Node node, BlockCodec codec, Map<BlockId, NewNode> added) {
    byte[] plaintext = encode(node);
    BlockId id = codec.id(ByteBuffer.wrap(plaintext));
    added.put(id, new NewNode(codec.seal(id, plaintext, 0, plaintext.length), node));
    return id;
  }

  /**
   * Opens and decodes what a store has under an id.
   *
   * @throws MetadataException.Corrupt if it is not what was written
   * @throws MetadataException.Missing if the key that it is sealed under is destroyed
   * @throws MetadataException.Unavailable if that key cannot be fetched now
   */
  static Node open(BlockId id, byte[] sealed, BlockCodec codec) throws MetadataException {
    byte[] plaintext;
    try {
      plaintext = codec.open(id, sealed);
    } catch (BlockStoreException e) {
      throw MetadataException.unopened("tree node " + id, e);
    }
    return decode(id, plaintext);
  }

  static byte[] encode(Node node) {
    byte[] flat = node.flat();
    var out = ByteBuffer.allocate(node.encodedBytes());
    out.putInt(MAGIC).put(VERSION).put((byte) node.level());
    UUID uuid = node.project().uuid();
    out.putLong(uuid.getMostSignificantBits()).putLong(uuid.getLeastSignificantBits());
    out.putLong(node.birthTxg()).putInt(node.count());
    for (int i = 0; i < node.count(); i++) {
      int keyAt = node.keyStart(i);
      int valueAt = node.valueStart(i);
      int valueEnd = node.valueEnd(i);
      int shared =
          i == 0
              ? 0
              : sharedBytes(flat, node.keyStart(i - 1), node.valueStart(i - 1), keyAt, valueAt);
      putVarint(out, shared);
      putVarint(out, valueAt - keyAt - shared);
      if (node.isLeaf()) {
        putVarint(out, valueEnd - valueAt);
      }
      out.put(flat, keyAt + shared, valueEnd - keyAt - shared);
    }
    if (out.hasRemaining()) {
      throw new IllegalStateException("a node is " + out.remaining() + " bytes short");
    }
    return out.array();
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @throws MetadataException.Corrupt if anything but that is given, whatever it is
   */
  static Node decode(BlockId id, byte[] plaintext) throws MetadataException.Corrupt {
    var in = ByteBuffer.wrap(plaintext);
    if (plaintext.length < HEADER_BYTES || in.getInt() != MAGIC) {
      throw corrupt(id, "it is no node");
    }
    byte version = in.get();
    if (version != VERSION) {
      throw corrupt(id, "its version is " + version + ", this program reads " + VERSION);
    }
    int level = in.get();
    if (level < 0 || level > NodeLimits.LEVEL_MAX) {
      throw corrupt(id, "its level is " + level);
    }
    var project = new ProjectId(new UUID(in.getLong(), in.getLong()));
    long birthTxg = in.getLong();
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / ITEM_BYTES_MIN || (level > 0 && count == 0)) {
      throw corrupt(id, "it has " + count + " items in " + in.remaining() + " bytes");
    }
    var items = new Items(level);
    for (int i = 0; i < count; i++) {
      decodeItem(id, in, plaintext, level, items);
    }
    if (in.hasRemaining()) {
      throw corrupt(id, in.remaining() + " bytes follow its last item");
    }
    return items.toNode(project, birthTxg, 0, count);
  }

  private static void decodeItem(
      BlockId id, ByteBuffer in, byte[] plaintext, int level, Items items)
      throws MetadataException.Corrupt {
    int shared = getVarint(id, in);
    int suffixBytes = getVarint(id, in);
    int valueBytes = level == 0 ? getVarint(id, in) : BlockId.BYTES;
    if (shared > (items.isEmpty() ? 0 : items.lastKeyBytes())) {
      throw corrupt(id, "a key shares more than there is");
    }
    if (suffixBytes > NodeLimits.KEY_BYTES_MAX - shared
        || valueBytes > in.remaining() - suffixBytes) {
      throw corrupt(id, "an item is longer than it can be");
    }
    int at = in.position();
    items.addSuffix(shared, plaintext, at, suffixBytes, at + suffixBytes, valueBytes);
    if (!items.lastAscends()) {
      throw corrupt(id, "its keys do not ascend");
    }
    in.position(at + suffixBytes + valueBytes);
  }

  private static int varintBytes(int value) {
    return 1 + (31 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  private static void putVarint(ByteBuffer out, int value) {
    int rest = value;
    while (rest > 0x7F) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  /** The next varint, at most 2^28 - 1. */
  private static int getVarint(BlockId id, ByteBuffer in) throws MetadataException.Corrupt {
    int value = 0;
    for (int shift = 0; shift < 28 && in.hasRemaining(); shift += 7) {
      byte next = in.get();
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw corrupt(id, "a length in it is cut off or too great");
  }

  private static MetadataException.Corrupt corrupt(BlockId id, String what) {
    return new MetadataException.Corrupt("tree node " + id + " is not readable: " + what);
  }
}
