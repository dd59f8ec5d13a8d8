package org.salvusfs.daemon.management;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an export wrote.
 *
 * @param project its id
 * @param snapshot that was asked for; null: the project as it was
 * @param moment of which it is, ISO 8601
 * @param entries in the archive, the top directory included
 * @param bytes length of the archive
 * @param sha256 of the archive, in hexadecimal digits
 * @param leftOut a sentence for each name that the archive cannot hold
 * @param unlisted how many more of them there are
 */
public record ExportReport(
    String project,
    @Nullable String snapshot,
    String moment,
    long entries,
    long bytes,
    String sha256,
    List<String> leftOut,
    long unlisted)
    implements SentBytes {
  public ExportReport {
    leftOut = List.copyOf(leftOut);
  }

  /** Whether the archive has everything. */
  public boolean isComplete() {
    return leftOut.isEmpty() && unlisted == 0;
  }

  /** Of the kind that {@link #sha256} is. */
  public static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
