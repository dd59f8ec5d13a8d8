package org.salvusfs.daemon.transfer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Paths of bytes. */
final class Paths {
  private Paths() {}

  static byte[] resolve(byte[] directory, byte[] name) {
    byte[] path = Arrays.copyOf(directory, directory.length + 1 + name.length);
    path[directory.length] = '/';
    System.arraycopy(name, 0, path, directory.length + 1, name.length);
    return path;
  }

  /** For messages. */
  static String text(byte[] path) {
    return new String(path, StandardCharsets.UTF_8);
  }
}
