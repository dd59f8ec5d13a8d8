package org.salvusfs.daemon.fuse.jnr;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import jnr.ffi.Pointer;

/** C's texts: bytes up to a NUL. A String of one has a char for each byte. */
final class Texts {
  private Texts() {}

  static byte[] bytes(Pointer text) {
    byte[] bytes = new byte[text.indexOf(0, (byte) 0)];
    text.get(0, bytes, 0, bytes.length);
    return bytes;
  }

  static String string(Pointer text) {
    return new String(bytes(text), ISO_8859_1);
  }

  static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
