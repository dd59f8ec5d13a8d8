package org.salvusfs.daemon.export;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;

/**
 * What a header of 512 bytes cannot say of the entry behind it: lines of the form {@code "LENGTH
 * KEY=VALUE\n"}, where the length counts the whole line and the value is any bytes.
 */
final class PaxRecords {
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

  boolean isEmpty() {
    return lines.size() == 0;
  }

  byte[] bytes() {
    return lines.toByteArray();
  }

  void add(String key, byte[] value) {
    add(key.getBytes(US_ASCII), value);
  }

  void add(String key, String ascii) {
    add(key, ascii.getBytes(US_ASCII));
  }

  void add(String key, long number) {
    add(key, Long.toString(number));
  }

  void add(byte[] key, byte[] value) {
    int rest = 1 + key.length + 1 + value.length + 1;
    lines.writeBytes(Integer.toString(lengthOf(rest)).getBytes(US_ASCII));
    lines.write(' ');
    lines.writeBytes(key);
    lines.write('=');
    lines.writeBytes(value);
    lines.write('\n');
  }

  /** The length of a line whose rest, behind the digits of the length itself, is given. */
  private static int lengthOf(int rest) {
    int length = rest + 1;
    while (rest + Integer.toString(length).length() != length) {
      length = rest + Integer.toString(length).length();
    }
    return length;
  }

  /**
   * A time to the nanosecond.
   *
   * @param nanos since 1970
   */
  void addTime(String key, long nanos) {
    long seconds = nanos / NANOS_PER_SECOND;
    long fraction = Math.abs(nanos % NANOS_PER_SECOND);
    String sign = nanos < 0 ? "-" : "";
    // Nine digits: what comes in front of them is cut off again.
    String digits =
        fraction == 0 ? "" : "." + Long.toString(NANOS_PER_SECOND + fraction).substring(1);
    add(key, sign + Math.abs(seconds) + digits);
  }

  /**
   * An extended attribute. GNU tar writes {@code =} and {@code %} in its name so that the line can
   * be taken apart.
   */
  void addXattr(byte[] name, byte[] value) {
    var key = new ByteArrayOutputStream();
    key.writeBytes("SCHILY.xattr.".getBytes(US_ASCII));
    for (byte each : name) {
      switch (each) {
        case '=' -> key.writeBytes("%3D".getBytes(US_ASCII));
        case '%' -> key.writeBytes("%25".getBytes(US_ASCII));
        default -> key.write(each);
      }
    }
    add(key.toByteArray(), value);
  }
}
