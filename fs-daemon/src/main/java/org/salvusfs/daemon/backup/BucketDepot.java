package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.salvusfs.blockstore.api.BlockStore;
import org.salvusfs.blockstore.api.ChunkStore;
import org.salvusfs.daemon.bucket.Bucket;
import org.salvusfs.daemon.bucket.StoredObject;
import org.salvusfs.daemon.management.TargetName;

/**
 * A bucket: every entry of a directory is an object, but for the index, which is on this machine,
 * with packs until they are sealed. Both can be lost: the index is rebuilt from the packs' footers,
 * and what was not sealed is copied again.
 */
final class BucketDepot implements Depot {
  /**
   * Lengths in bytes.
   *
   * @param packMax of a pack at most; smaller than in a directory, as it is what is lost when a
   *     backup is killed
   * @param window of what is read at once
   */
  record Sizes(long packMax, int window) {
    static final Sizes USUAL = new Sizes(64L << 20, 1 << 20);
  }

  /** Says who writes. */
  static final String WRITER = "writer";

  private static final int HASH_DIGITS = 32;

  private final TargetName.Bucket name;
  private final Bucket bucket;
  private final Path local;
  private final String writer;
  private final Sizes sizes;

  private BucketDepot(
      TargetName.Bucket name, Bucket bucket, Path local, String writer, Sizes sizes) {
    this.name = name;
    this.bucket = bucket;
    this.local = local;
    this.writer = writer;
    this.sizes = sizes;
  }

  static BucketDepot open(TargetName.Bucket name, Path local, String writer) throws IOException {
    return open(name, local, writer, Sizes.USUAL);
  }

  /** The same with other sizes. */
  static BucketDepot open(TargetName.Bucket name, Path local, String writer, Sizes sizes)
      throws IOException {
    try {
      return new BucketDepot(name, Bucket.open(name), local.resolve(hash(name)), writer, sizes);
    } catch (IOException e) {
      throw Target.failed(name.toString(), e);
    }
  }

  /** What is kept of different places is kept apart. */
  private static String hash(TargetName.Bucket name) {
    String place = name.endpoint().map(Object::toString).orElse("") + " " + name.place();
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(place.getBytes(UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public String name() {
    return name.toString();
  }

  @Override
  public String where(String object) {
    return bucket.where(object);
  }

  @Override
  public List<String> list() throws IOException {
    return bucket.list("").stream()
        .map(one -> one.isGroup() ? one.name().substring(0, one.name().length() - 1) : one.name())
        .sorted()
        .toList();
  }

  @Override
  public byte[] get(String object) throws IOException {
    return bucket.get(object);
  }

  @Override
  public void put(String object, byte[] contents) throws IOException {
    bucket.put(object, contents);
  }

  @Override
  public void putSecret(String object, String text) throws IOException {
    bucket.put(object, text.getBytes(UTF_8));
  }

  @Override
  public void delete(String object) throws IOException {
    bucket.delete(object);
  }

  @Override
  public Map<String, Long> packs() throws IOException {
    Map<String, Long> lengths = new TreeMap<>();
    for (StoredObject pack : bucket.list(Target.PACKS + "/")) {
      if (!pack.isGroup() && !pack.name().isEmpty()) {
        lengths.put(pack.name(), pack.bytes());
      }
    }
    return lengths;
  }

  /** A claim that a killed daemon of this installation left is taken over. */
  @Override
  public Claim claim() throws IOException {
    if (!bucket.putNew(WRITER, writer.getBytes(UTF_8))) {
      requireClaim();
    }
    return () -> {
      requireClaim();
      bucket.delete(WRITER);
    };
  }

  private void requireClaim() throws IOException {
    String present = new String(bucket.get(WRITER), UTF_8);
    if (!present.equals(writer)) {
      throw new TargetException(
          "%s says that %s backs up there; wait until that is done, or, if it was ended, delete that object"
              .formatted(bucket.where(WRITER), present.strip()));
    }
  }

  @Override
  public ChunkStore openPacks() throws IOException {
    var packs = BucketPacks.open(bucket, local, sizes.window(), this::requireClaim);
    return new UploadedPacks(
        packs, BlockStore.openSealed(packs, local.resolve(BucketPacks.INDEX), sizes.packMax()));
  }

  @Override
  public void close() {
    bucket.close();
  }
}
