package org.salvusfs.daemon.bucket;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/**
 * What every server of the S3 protocol can tell a damaged upload by. Blocks have MACs of their own.
 *
 * @param hex as in an ETag
 * @param base64 as in a Content-MD5 header
 */
record Md5(String hex, String base64) {
  private static final int BUFFER_BYTES = 1 << 16;

  static Md5 of(byte[] contents) {
    MessageDigest digest = digest();
    digest.update(contents);
    return of(digest);
  }

  static Md5 of(Path file) throws IOException {
    MessageDigest digest = digest();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = Files.newInputStream(file)) {
      for (int bytes = in.read(buffer); bytes >= 0; bytes = in.read(buffer)) {
        digest.update(buffer, 0, bytes);
      }
    }
    return of(digest);
  }

  private static Md5 of(MessageDigest digest) {
    byte[] sum = digest.digest();
    return new Md5(HexFormat.of().formatHex(sum), Base64.getEncoder().encodeToString(sum));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("MD5");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has MD5", e);
    }
  }
}
