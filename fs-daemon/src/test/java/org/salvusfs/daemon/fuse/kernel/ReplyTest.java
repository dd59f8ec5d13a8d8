package org.salvusfs.daemon.fuse.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.item.InodeItem;

/** The bytes of replies, compared with the offsets that a C compiler gives to linux/fuse.h. */
final class ReplyTest {
  private static final Lifetimes LIFETIMES =
      new Lifetimes(Duration.ofMillis(1500), Duration.ofSeconds(3), Duration.ofMillis(60_250));
  private static final Attr ATTR =
      new Attr(
          11,
          12,
          new InodeItem(
              0100644,
              1,
              2,
              3,
              4096,
              513,
              5_000_000_006L,
              -1L,
              7_000_000_008L,
              9_000_000_010L,
              0x00100203,
              0));

  private final ByteBuffer buffer = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
  private final Reply reply = new Reply(buffer, LIFETIMES);

  @BeforeEach
  void start() {
    java.util.Arrays.fill(buffer.array(), (byte) 0xee);
    reply.start(77);
  }

  @Test
  void start_withoutBody_isHeaderOnly() {
    assertEquals(16, reply.length());
    assertEquals(16, buffer.getInt(0));
    assertEquals(0, buffer.getInt(4));
    assertEquals(77, buffer.getLong(8));
  }

  @Test
  void fail_afterBody_dropsBodyAndGrant() {
    reply.entry(ATTR);
    reply.fail(2);
    assertEquals(16, buffer.getInt(0));
    assertEquals(-2, buffer.getInt(4));
    assertEquals(2, reply.errno());
    assertEquals(Reply.Grant.NOTHING, reply.grant());
  }

  @Test
  void entry_fields_lieWhereTheKernelReadsThem() {
    reply.entry(ATTR);
    ByteBuffer body = Wire.body(buffer);
    assertEquals(128, body.capacity());
    assertEquals(11, body.getLong(0));
    assertEquals(0, body.getLong(8));
    assertEquals(1, body.getLong(16));
    assertEquals(60, body.getLong(24));
    assertEquals(500_000_000, body.getInt(32));
    assertEquals(250_000_000, body.getInt(36));
    assertAttr(body.slice(40, 88).order(ByteOrder.LITTLE_ENDIAN));
    assertEquals(Reply.Grant.ENTRY, reply.grant());
  }

  @Test
  void attributes_fields_lieWhereTheKernelReadsThem() {
    reply.attributes(ATTR);
    ByteBuffer body = Wire.body(buffer);
    assertEquals(104, body.capacity());
    assertEquals(60, body.getLong(0));
    assertEquals(250_000_000, body.getInt(8));
    assertAttr(body.slice(16, 88).order(ByteOrder.LITTLE_ENDIAN));
  }

  private static void assertAttr(ByteBuffer attr) {
    assertEquals(12, attr.getLong(0), "ino");
    assertEquals(4096, attr.getLong(8), "size");
    assertEquals(2, attr.getLong(16), "blocks of 512, rounded up");
    assertEquals(5, attr.getLong(24), "atime");
    assertEquals(-1, attr.getLong(32), "mtime before 1970");
    assertEquals(7, attr.getLong(40), "ctime");
    assertEquals(6, attr.getInt(48));
    assertEquals(999_999_999, attr.getInt(52));
    assertEquals(8, attr.getInt(56));
    assertEquals(0100644, attr.getInt(60));
    assertEquals(3, attr.getInt(64), "nlink");
    assertEquals(1, attr.getInt(68), "uid");
    assertEquals(2, attr.getInt(72), "gid");
    assertEquals(0x00100203, attr.getInt(76), "rdev");
    assertEquals(65536, attr.getInt(80), "blksize");
    assertEquals(0, attr.getInt(84), "flags");
  }

  @Test
  void statx_fields_lieWhereTheKernelReadsThem() {
    reply.statx(ATTR);
    ByteBuffer body = Wire.body(buffer);
    assertEquals(288, body.capacity());
    assertEquals(60, body.getLong(0));
    assertEquals(0xfff, body.getInt(32));
    assertEquals(3, body.getInt(32 + 16), "nlink");
    assertEquals(0100644, body.getInt(32 + 28), "mode, and the spare after it");
    assertEquals(12, body.getLong(32 + 32), "ino");
    assertEquals(4096, body.getLong(32 + 40), "size");
    assertEquals(9, body.getLong(32 + 80), "btime");
    assertEquals(10, body.getInt(32 + 88));
    assertEquals(2, body.getInt(32 + 128), "device major");
    assertEquals(0x103, body.getInt(32 + 132), "device minor");
    assertEquals(0, body.getLong(32 + 248), "spare");
  }

  @Test
  void created_isEntryAndOpen() {
    reply.created(ATTR, 99);
    ByteBuffer body = Wire.body(buffer);
    assertEquals(144, body.capacity());
    assertEquals(99, body.getLong(128));
    assertEquals(2, body.getInt(136), "keep cache");
    assertEquals(0, body.getInt(140));
  }

  @Test
  void absent_isNodeZeroWithLifetime() {
    reply.absent();
    ByteBuffer body = Wire.body(buffer);
    assertEquals(0, body.getLong(0));
    assertEquals(3, body.getLong(16));
    assertEquals(0, body.getInt(32));
    assertEquals(Reply.Grant.NOTHING, reply.grant());
  }

  @Test
  void statfs_fields_lieWhereTheKernelReadsThem() {
    reply.statfs(new StatFs(1, 2, 7, 3, 4, 5, 6));
    ByteBuffer body = Wire.body(buffer);
    assertEquals(80, body.capacity());
    assertEquals(1, body.getLong(0));
    assertEquals(2, body.getLong(8));
    assertEquals(7, body.getLong(16));
    assertEquals(3, body.getLong(24));
    assertEquals(4, body.getLong(32));
    assertEquals(5, body.getInt(40));
    assertEquals(6, body.getInt(44));
    assertEquals(5, body.getInt(48));
    assertEquals(0, body.getInt(76));
  }

  @Test
  void directoryBlock_entries_areAlignedAndZeroPadded() {
    var block = new DirectoryBlock(reply, 4096, false);
    assertTrue(block.offer(name("abc"), 5, 8, 100, null));
    assertTrue(block.offer(name("12345678"), 6, 4, 101, null));
    block.send();
    ByteBuffer body = Wire.body(buffer);
    assertEquals(32 + 32, body.capacity());
    assertEquals(5, body.getLong(0));
    assertEquals(100, body.getLong(8));
    assertEquals(3, body.getInt(16));
    assertEquals(8, body.getInt(20));
    assertEquals('a', body.get(24));
    assertEquals(0, body.get(27));
    assertEquals(0, body.get(31));
    assertEquals(6, body.getLong(32));
    assertEquals('8', body.get(63));
  }

  @Test
  void directoryBlock_full_takesNoMoreThanTheKernelHasRoomFor() {
    var block = new DirectoryBlock(reply, 100, false);
    assertTrue(block.offer(name("a"), 1, 8, 1, null));
    assertTrue(block.offer(name("b"), 2, 8, 2, null));
    assertTrue(block.offer(name("c"), 3, 8, 3, null));
    assertFalse(block.offer(name("d"), 4, 8, 4, null));
    assertEquals(96, block.used());
  }

  @Test
  void directoryBlockPlus_dotEntries_grantNothing() {
    var block = new DirectoryBlock(reply, 4096, true);
    assertTrue(block.offer(name("."), 1, 4, 1, null));
    assertTrue(block.offer(name("file"), 12, 8, 2, ATTR));
    block.send();
    ByteBuffer body = Wire.body(buffer);
    int first = 128 + 24 + 8;
    assertEquals(0, body.getLong(0));
    assertEquals(11, body.getLong(first));
    assertEquals(12, body.getLong(first + 128));
    assertEquals(4, body.getInt(first + 128 + 16));
    assertEquals(Reply.Grant.ENTRIES, reply.grant());
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.ISO_8859_1);
  }
}
