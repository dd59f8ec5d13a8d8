package org.salvusfs.daemon.export;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Arrays;

/**
 * A header of 512 bytes: name, mode, owner, group, size, time, checksum, type, target of a link,
 * magic, device, each in its place. Numbers are octal digits; what does not fit is 0 here, and in
 * the pax records before it.
 *
 * @see "POSIX.1-2017, pax, ustar Interchange Format"
 */
final class TarHeader {
  static final int BYTES = 512;

  static final char FILE = '0';
  static final char HARD_LINK = '1';
  static final char SYMLINK = '2';
  static final char CHARACTER_DEVICE = '3';
  static final char BLOCK_DEVICE = '4';
  static final char DIRECTORY = '5';
  static final char FIFO = '6';
  static final char PAX_RECORDS = 'x';

  static final int NAME_BYTES_MAX = 100;

  /** What 7 and 11 octal digits can say. */
  static final long ID_MAX = 07777777;

  static final long SIZE_MAX = 077777777777L;

  private static final int MODE_AT = 100;
  private static final int UID_AT = 108;
  private static final int GID_AT = 116;
  private static final int SIZE_AT = 124;
  private static final int MTIME_AT = 136;
  private static final int CHECKSUM_AT = 148;
  private static final int TYPE_AT = 156;
  private static final int LINK_AT = 157;
  private static final int MAGIC_AT = 257;
  private static final int DEVICE_MAJOR_AT = 329;
  private static final int DEVICE_MINOR_AT = 337;

  private static final int ID_DIGITS = 7;
  private static final int SIZE_DIGITS = 11;
  private static final int CHECKSUM_BYTES = 8;
  private static final int CHECKSUM_DIGITS = 6;

  private final byte[] block = new byte[BYTES];

  TarHeader(char type, byte[] name) {
    block[TYPE_AT] = (byte) type;
    text(0, name);
    text(MAGIC_AT, "ustar\00000".getBytes(US_ASCII));
  }

  static boolean fits(byte[] name) {
    return name.length <= NAME_BYTES_MAX;
  }

  private void text(int at, byte[] text) {
    System.arraycopy(text, 0, block, at, Math.min(text.length, NAME_BYTES_MAX));
  }

  private void octal(int at, int digits, long most, long number) {
    long written = number < 0 || number > most ? 0 : number;
    for (int i = digits - 1; i >= 0; i--) {
      block[at + i] = (byte) ('0' + (written & 7));
      written >>>= 3;
    }
  }

  void link(byte[] target) {
    text(LINK_AT, target);
  }

  void mode(int permissions) {
    octal(MODE_AT, ID_DIGITS, ID_MAX, permissions);
  }

  void owner(long uid, long gid) {
    octal(UID_AT, ID_DIGITS, ID_MAX, uid);
    octal(GID_AT, ID_DIGITS, ID_MAX, gid);
  }

  void size(long bytes) {
    octal(SIZE_AT, SIZE_DIGITS, SIZE_MAX, bytes);
  }

  void mtime(long seconds) {
    octal(MTIME_AT, SIZE_DIGITS, SIZE_MAX, seconds);
  }

  void device(int major, int minor) {
    octal(DEVICE_MAJOR_AT, ID_DIGITS, ID_MAX, major);
    octal(DEVICE_MINOR_AT, ID_DIGITS, ID_MAX, minor);
  }

  /** All of it, with the sum of its bytes, for which the sum's own place counts as spaces. */
  byte[] bytes() {
    Arrays.fill(block, CHECKSUM_AT, CHECKSUM_AT + CHECKSUM_BYTES, (byte) ' ');
    int sum = 0;
    for (byte each : block) {
      sum += Byte.toUnsignedInt(each);
    }
    octal(CHECKSUM_AT, CHECKSUM_DIGITS, ID_MAX, sum);
    block[CHECKSUM_AT + CHECKSUM_DIGITS] = 0;
    return block;
  }
}
