package org.salvusfs.daemon.stream;

import java.security.MessageDigest;
import org.salvusfs.blockstore.api.BlockCodec;
import org.salvusfs.blockstore.api.ClusterKey;
import org.salvusfs.blockstore.api.Compression;
import org.salvusfs.blockstore.api.KeyDomain;

/** The key that streams are sealed under: the cluster's, or one made for that. Thread-safe. */
public final class StreamKey {
  private final byte[] check;
  private final BlockCodec codec;

  private StreamKey(byte[] check, BlockCodec codec) {
    this.check = check;
    this.codec = codec;
  }

  /** Whatever a secret of that form is good for otherwise. */
  public static StreamKey of(ClusterKey secret) {
    return new StreamKey(
        secret.checkValue(), BlockCodec.of(KeyDomain.ofStreams(secret), Compression.ZSTD));
  }

  BlockCodec codec() {
    return codec;
  }

  /** What tells this key from others; do not modify. */
  byte[] check() {
    return check;
  }

  boolean isThat(byte[] otherCheck) {
    return MessageDigest.isEqual(check, otherCheck);
  }
}
