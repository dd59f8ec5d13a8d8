package org.salvusfs.daemon.api;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Percent-encoding, strictly (RFC 3986, section 2.1): {@code +} is a plus. */
final class Percent {
  private static final int HEX = 16;

  /** The first character after the printable ones of ASCII. */
  private static final char DELETE = 0x7f;

  private static final int BITS_OF_DIGIT = 4;

  private Percent() {}

  /**
   * The text that {@code raw} stands for.
   *
   * @throws ProblemException naming {@code field} if it stands for none, or is not UTF-8
   */
  static String decoded(String field, String raw) throws ProblemException {
    var bytes = new ByteArrayOutputStream(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c > ' ' && c < DELETE && c != '%') {
        bytes.write(c);
        continue;
      }
      boolean isPair = c == '%' && raw.length() - i > 2;
      int high = isPair ? Character.digit(raw.charAt(i + 1), HEX) : -1;
      int low = isPair ? Character.digit(raw.charAt(i + 2), HEX) : -1;
      if (high < 0 || low < 0) {
        throw ProblemException.invalid(field, "\"" + raw + "\" is not percent-encoded");
      }
      bytes.write((high << BITS_OF_DIGIT) + low);
      i += 2;
    }
    try {
      var decoder = StandardCharsets.UTF_8.newDecoder(); // which refuses what is malformed
      return decoder.decode(ByteBuffer.wrap(bytes.toByteArray())).toString();
    } catch (CharacterCodingException e) {
      throw ProblemException.invalid(field, "\"" + raw + "\" is not UTF-8");
    }
  }

  /**
   * The name that a part of a path stands for.
   *
   * @throws ProblemException if nothing can have that name
   */
  static String name(String field, String raw) throws ProblemException {
    var name = decoded(field, raw);
    if (name.isEmpty() || name.equals(".") || name.equals("..")) {
      throw ProblemException.invalid(field, "\"" + name + "\" is no name");
    }
    if (name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
      throw ProblemException.invalid(field, "a name has no slash and no NUL in it");
    }
    return name;
  }
}
