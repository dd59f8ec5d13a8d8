package org.salvusfs.daemon.bucket;

/**
 * An object as a listing shows it.
 *
 * @param name its key without the prefix that was asked for; one that ends in a slash stands for
 *     everything that begins with it
 * @param bytes its length
 * @param tag changes with its contents (ETag, without quotes)
 */
public record StoredObject(String name, long bytes, String tag) {
  /** Whether it stands for several objects. */
  public boolean isGroup() {
    return name.endsWith("/");
  }
}
