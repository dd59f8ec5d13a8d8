package org.salvusfs.daemon.management;

/** What a report says of the file before it, so that whoever got the file can compare. */
public interface SentBytes {
  /** The file's length. */
  long bytes();

  /** The file's SHA-256 in hexadecimal digits. */
  String sha256();
}
