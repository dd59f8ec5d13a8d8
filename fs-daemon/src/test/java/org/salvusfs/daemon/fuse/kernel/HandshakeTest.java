package org.salvusfs.daemon.fuse.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

final class HandshakeTest {
  private final ByteBuffer out = ByteBuffer.allocate(80).order(ByteOrder.LITTLE_ENDIAN);
  private Handshake handshake = new Handshake(Options.defaults());

  private boolean answer(int major, int minor, int flags) throws MountException {
    var wire = new Wire(Opcode.INIT, 0).u32(major).u32(minor).u32(131072).u32(flags);
    for (int i = 0; i < 12; i++) {
      wire.u32(0);
    }
    byte[] bytes = wire.bytes();
    assertEquals(104, bytes.length);
    return handshake.answer(new Request(ByteBuffer.wrap(bytes)), bytes.length, out);
  }

  @Test
  void init_ofNewKernel_agreesOnOurMinor() throws Exception {
    assertTrue(answer(7, 99, -1));
    ByteBuffer body = Wire.body(out);
    assertEquals(64, body.capacity());
    assertEquals(7, body.getInt(0));
    assertEquals(45, body.getInt(4));
    assertEquals(131072, body.getInt(8));
    assertEquals(1 << 20, body.getInt(20));
    assertEquals(1, body.getInt(24));
    assertEquals(256, body.getShort(28));
    assertEquals(77, out.getLong(Abi.OUT_UNIQUE));
  }

  @Test
  void init_ofOlderKernel_agreesOnItsMinor() throws Exception {
    assertTrue(answer(7, 31, -1));
    assertEquals(31, Wire.body(out).getInt(4));
  }

  @Test
  void init_flags_areThoseOfBothSides() throws Exception {
    assertTrue(answer(7, 40, Abi.Init.ASYNC_READ | Abi.Init.WRITEBACK_CACHE | 2));
    assertEquals(Abi.Init.ASYNC_READ, Wire.body(out).getInt(12));
  }

  private int agreed(Options options, int minor, int flags) throws MountException {
    handshake = new Handshake(options);
    assertTrue(answer(7, minor, flags));
    int opening = Abi.Init.NO_OPEN_SUPPORT | Abi.Init.ATOMIC_O_TRUNC;
    boolean opens = Negotiated.of(out).opens();
    assertEquals(opens, (Wire.body(out).getInt(12) & Abi.Init.NO_OPEN_SUPPORT) == 0);
    return Wire.body(out).getInt(12) & opening;
  }

  @Test
  void init_ofKernelThatOpensByItself_leavesTruncationToSetattr() throws Exception {
    assertEquals(Abi.Init.NO_OPEN_SUPPORT, agreed(Options.defaults(), 45, -1));
    assertEquals(Abi.Init.NO_OPEN_SUPPORT, agreed(Options.defaults(), 38, -1));
  }

  @Test
  void init_ofKernelThatHasToAsk_keepsOpen() throws Exception {
    int asks = Abi.Init.ATOMIC_O_TRUNC;
    assertEquals(asks, agreed(Options.defaults(), 45, ~Abi.Init.NO_OPEN_SUPPORT));
    assertEquals(asks, agreed(Options.defaults().withOpens(true), 45, -1));
    assertEquals(asks, agreed(Options.defaults(), 40, -1));
    assertEquals(asks, agreed(Options.defaults(), 44, -1));
  }

  @Test
  void init_lockFlags_areNeverTaken() throws Exception {
    assertTrue(answer(7, 45, -1));
    int posixLocks = 1 << 1;
    int flockLocks = 1 << 10;
    assertEquals(0, Wire.body(out).getInt(12) & (posixLocks | flockLocks));
  }

  @Test
  void init_acls_areTakenTogetherWithTheUmask() throws Exception {
    int both = Abi.Init.POSIX_ACL | Abi.Init.DONT_MASK;
    assertTrue(answer(7, 45, -1));
    assertEquals(both, Wire.body(out).getInt(12) & both);
  }

  @Test
  void init_ofNewerMajor_asksAgain() throws Exception {
    assertFalse(answer(8, 0, -1));
    assertEquals(7, Wire.body(out).getInt(0));
  }

  @Test
  void init_ofKernelTooOld_isRefused() {
    assertThrows(MountException.class, () -> answer(7, 30, -1));
    assertThrows(MountException.class, () -> answer(6, 99, -1));
  }

  @Test
  void anythingButInit_isRefused() {
    byte[] bytes = new Wire(Opcode.GETATTR, 1).u64(0).u64(0).bytes();
    assertThrows(
        MountException.class,
        () -> handshake.answer(new Request(ByteBuffer.wrap(bytes)), bytes.length, out));
  }
}
