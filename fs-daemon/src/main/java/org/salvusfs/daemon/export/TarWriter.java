package org.salvusfs.daemon.export;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.vfs.AclText;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.InodeItem;

/**
 * Writes entries of a tar archive in pax format. Sparse files are in GNU's format 1.0: a map of
 * numbers in decimal, each on a line, and the stretches that it names, which begin at whole blocks
 * because their offsets do. Used by one thread; exceptions are those of the stream and of whatever
 * contents are read from.
 */
final class TarWriter {
  private static final int BUFFER_BYTES = 256 << 10;
  private static final int PERMISSIONS = 07777;
  private static final byte[] RECORDS_NAME = ascii("././@PaxHeader");
  private static final String ACL_PREFIX = "system.posix_acl_";
  private static final String SELINUX = "security.selinux";

  private final OutputStream out;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private long written;

  TarWriter(OutputStream out) {
    this.out = out;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /** How long the archive is so far. */
  long written() {
    return written;
  }

  /** What has no contents: a directory, a symlink, a fifo, a device; an empty file, too. */
  void empty(TarEntry entry) throws IOException {
    header(entry, typeOf(entry), entry.path(), 0, records(entry, entry.path(), 0));
  }

  private static char typeOf(TarEntry entry) {
    return switch (entry.type()) {
      case InodeItem.S_IFREG -> TarHeader.FILE;
      case InodeItem.S_IFDIR -> TarHeader.DIRECTORY;
      case InodeItem.S_IFLNK -> TarHeader.SYMLINK;
      case InodeItem.S_IFIFO -> TarHeader.FIFO;
      case InodeItem.S_IFCHR -> TarHeader.CHARACTER_DEVICE;
      case InodeItem.S_IFBLK -> TarHeader.BLOCK_DEVICE;
      default ->
          throw new IllegalArgumentException("an inode of mode %o".formatted(entry.item().mode()));
    };
  }

  /** A further name of an entry that was written before. */
  void hardLink(TarEntry entry, byte[] first) throws IOException {
    var records = new PaxRecords();
    name(records, "path", entry.path());
    name(records, "linkpath", first);
    var header = new TarHeader(TarHeader.HARD_LINK, entry.path());
    header.link(first);
    header.mode(entry.item().mode() & PERMISSIONS);
    put(records, header);
  }

  /** A file without holes. */
  void file(TarEntry entry, Stretches.Source source) throws IOException {
    long size = entry.item().sizeBytes();
    header(entry, TarHeader.FILE, entry.path(), size, records(entry, entry.path(), size));
    data(source, 0, size);
    pad();
  }

  /** A file with holes; its stretches begin at multiples of 512 bytes. */
  void sparse(TarEntry entry, Stretches stretches, Stretches.Source source) throws IOException {
    long size = entry.item().sizeBytes();
    var map = SparseMap.of(stretches, size);
    // Programs that do not know the format make files of this name, one for each.
    byte[] name = ascii("./GNUSparseFile.0/" + entry.inode());
    var records = records(entry, name, map.storedBytes());
    records.add("GNU.sparse.major", 1);
    records.add("GNU.sparse.minor", 0);
    records.add("GNU.sparse.name", entry.path());
    records.add("GNU.sparse.realsize", size);
    header(entry, TarHeader.FILE, name, map.storedBytes(), records);
    map.write(this::put);
    pad();
    stretches.forEach(
        (offset, length) -> {
          data(source, offset, length);
          pad();
        });
  }

  private void data(Stretches.Source source, long offset, long length) throws IOException {
    long end = offset + length;
    for (long at = offset; at < end; ) {
      int count = (int) Math.min(buffer.length, end - at);
      source.read(at, buffer, count);
      put(buffer, count);
      at += count;
    }
  }

  private PaxRecords records(TarEntry entry, byte[] name, long size) throws IOException {
    InodeItem item = entry.item();
    var records = new PaxRecords();
    name(records, "path", name);
    if (entry.target().length > 0) {
      name(records, "linkpath", entry.target());
    }
    if (size > TarHeader.SIZE_MAX) {
      records.add("size", size);
    }
    id(records, "uid", item.uid());
    id(records, "gid", item.gid());
    records.addTime("mtime", item.mtimeNanos());
    records.addTime("atime", item.atimeNanos());
    records.addTime("ctime", item.ctimeNanos());
    for (var xattr : entry.xattrs()) {
      xattr(records, xattr);
    }
    return records;
  }

  private static void id(PaxRecords records, String key, int id) {
    if (Integer.toUnsignedLong(id) > TarHeader.ID_MAX) {
      records.add(key, Integer.toUnsignedLong(id));
    }
  }

  /**
   * A name goes into the header alone if it fits there. One of other letters than ASCII is repeated
   * if it is UTF-8, because that is what a record is read as; any other is raw bytes in both.
   */
  private static void name(PaxRecords records, String key, byte[] name) {
    if (!TarHeader.fits(name) || (!isAscii(name) && isUtf8(name))) {
      records.add(key, name);
    }
  }

  private static boolean isAscii(byte[] name) {
    for (byte each : name) {
      if (each < 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean isUtf8(byte[] name) {
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name));
      return true;
    } catch (CharacterCodingException other) {
      return false;
    }
  }

  private static void xattr(PaxRecords records, TarEntry.Xattr xattr) throws IOException {
    String name = new String(xattr.name(), StandardCharsets.ISO_8859_1);
    if (name.startsWith(ACL_PREFIX)) {
      records.add("SCHILY.acl." + name.substring(ACL_PREFIX.length()), aclText(xattr.value()));
      return;
    }
    if (name.equals(SELINUX)) {
      records.add("RHT." + SELINUX, withoutNul(xattr.value()));
    }
    records.addXattr(xattr.name(), xattr.value());
  }

  private static String aclText(byte[] value) throws MetadataException.Corrupt {
    try {
      return AclText.of(value);
    } catch (FsException e) {
      throw new MetadataException.Corrupt("it has an ACL that is none: " + e.getMessage());
    }
  }

  /** The kernel ends a context with a NUL, tar does not. */
  private static byte[] withoutNul(byte[] value) {
    boolean hasNul = value.length > 0 && value[value.length - 1] == 0;
    return hasNul ? Arrays.copyOf(value, value.length - 1) : value;
  }

  private void header(TarEntry entry, char type, byte[] name, long size, PaxRecords records)
      throws IOException {
    InodeItem item = entry.item();
    var header = new TarHeader(type, name);
    header.mode(item.mode() & PERMISSIONS);
    header.owner(Integer.toUnsignedLong(item.uid()), Integer.toUnsignedLong(item.gid()));
    header.size(size);
    header.mtime(Math.floorDiv(item.mtimeNanos(), 1_000_000_000L));
    header.link(entry.target());
    if (type == TarHeader.CHARACTER_DEVICE || type == TarHeader.BLOCK_DEVICE) {
      header.device(item.deviceMajor(), item.deviceMinor());
    }
    put(records, header);
  }

  private void put(PaxRecords records, TarHeader header) throws IOException {
    if (!records.isEmpty()) {
      byte[] lines = records.bytes();
      var before = new TarHeader(TarHeader.PAX_RECORDS, RECORDS_NAME);
      before.mode(0644);
      before.owner(0, 0);
      before.size(lines.length);
      before.mtime(0);
      put(before.bytes(), TarHeader.BYTES);
      put(lines, lines.length);
      pad();
    }
    put(header.bytes(), TarHeader.BYTES);
  }

  private void put(byte[] bytes) throws IOException {
    put(bytes, bytes.length);
  }

  private void put(byte[] bytes, int count) throws IOException {
    out.write(bytes, 0, count);
    written += count;
  }

  /** Zeros up to the next block. */
  private void pad() throws IOException {
    int rest = (int) (written % TarHeader.BYTES);
    if (rest > 0) {
      put(new byte[TarHeader.BYTES - rest]);
    }
  }

  /** Ends the archive: two blocks of zeros. */
  void end() throws IOException {
    put(new byte[2 * TarHeader.BYTES]);
  }
}
