package org.salvusfs.daemon.fuse.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.DirSink;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fs.SetAttr;

/** Requests as bytes in, replies as bytes out, without a kernel. */
final class DispatcherTest {
  private final List<Throwable> defects = new ArrayList<>();
  private final OperationListener listener =
      new OperationListener() {
        @Override
        public void completed(String operation, long nanos, int errno) {}

        @Override
        public void defect(String operation, Throwable cause) {
          defects.add(cause);
        }
      };
  private final ByteBuffer buffer = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
  private final Options options = Options.defaults();
  private final Reply reply = new Reply(buffer, options.lifetimes());
  private final Interrupts interrupts = new Interrupts(true);
  private MemoryFileSystem fs = new MemoryFileSystem(() -> 5);

  private Dispatcher dispatcher() {
    return dispatcher(true);
  }

  private Dispatcher dispatcher(boolean opens) {
    return new Dispatcher(fs, options, opens, listener, interrupts);
  }

  private boolean serve(Wire wire) {
    return dispatcher().serve(Wire.request(wire.bytes()), reply);
  }

  private void assertRefused(Errno errno, Wire wire) {
    assertTrue(serve(wire));
    assertEquals(errno.code(), reply.errno());
    assertEquals(16, reply.length());
    assertEquals(77, buffer.getLong(Abi.OUT_UNIQUE));
  }

  /** Creates and opens a file; its node. */
  private long create(String name) {
    assertTrue(
        serve(
            new Wire(Opcode.CREATE, FileSystem.ROOT)
                .u32(2)
                .u32(0100644)
                .u32(022)
                .u32(0)
                .text(name)));
    assertEquals(0, reply.errno());
    return Wire.body(buffer).getLong(0);
  }

  @Test
  void lookup_missing_isRemembered() {
    assertTrue(serve(new Wire(Opcode.MKDIR, FileSystem.ROOT).u32(0755).u32(0).text("d")));
    long directory = Wire.body(buffer).getLong(0);
    assertTrue(serve(new Wire(Opcode.LOOKUP, directory).text("missing")));
    assertEquals(0, reply.errno());
    assertEquals(0, Wire.body(buffer).getLong(0));
    assertEquals(options.absenceLifetime().toSeconds(), Wire.body(buffer).getLong(16));
  }

  @Test
  void create_write_read_roundTrips() {
    long node = create("f");
    byte[] data = "hello".getBytes(StandardCharsets.ISO_8859_1);
    serve(
        new Wire(Opcode.WRITE, node).u64(node).u64(3).u32(5).u32(0).u64(0).u32(0).u32(0).raw(data));
    assertEquals(5, Wire.body(buffer).getInt(0));
    serve(new Wire(Opcode.READ, node).u64(node).u64(1).u32(100).u32(0).u64(0).u32(0).u32(0));
    byte[] read = new byte[Wire.body(buffer).capacity()];
    Wire.body(buffer).get(read);
    assertArrayEquals(new byte[] {0, 0, 'h', 'e', 'l', 'l', 'o'}, read);
  }

  @Test
  void write_ofCachedPages_isNobodys() {
    var uids = new ArrayList<Integer>();
    fs =
        new MemoryFileSystem(() -> 5) {
          @Override
          public int write(
              Caller caller,
              long node,
              long handle,
              long offset,
              ByteBuffer from,
              int flags,
              boolean killSuidgid)
              throws FsException {
            uids.add(caller.uid());
            return super.write(caller, node, handle, offset, from, flags, killSuidgid);
          }
        };
    long node = create("f");
    for (int writeFlags : new int[] {0, Abi.WRITE_CACHE}) {
      var wire = new Wire(Opcode.WRITE, node).u64(node).u64(0).u32(1).u32(writeFlags);
      serve(wire.u64(0).u32(0).u32(0).raw((byte) 1));
      assertEquals(0, reply.errno());
    }
    assertEquals(List.of(Wire.UID, Caller.WRITEBACK.uid()), uids);
  }

  @Test
  void mknod_caller_isPassedOn() {
    serve(new Wire(Opcode.MKNOD, 1).u32(0020640).u32(0x103).u32(022).u32(0).text("null"));
    ByteBuffer body = Wire.body(buffer);
    assertEquals(Wire.UID, body.getInt(40 + 68));
    assertEquals(Wire.GID, body.getInt(40 + 72));
    assertEquals(0x103, body.getInt(40 + 76));
    assertEquals(0020640, body.getInt(40 + 60));
  }

  @Test
  void setattr_onlyValidFields_areChanged() {
    long node = create("f");
    int valid = Abi.SetattrValid.MODE | Abi.SetattrValid.MTIME;
    serve(
        new Wire(Opcode.SETATTR, node)
            .u32(valid)
            .u32(0)
            .u64(0)
            .u64(999)
            .u64(0)
            .u64(1)
            .u64(2)
            .u64(3)
            .u32(4)
            .u32(5)
            .u32(6)
            .u32(0600)
            .u32(0)
            .u32(7)
            .u32(8)
            .u32(0));
    ByteBuffer attr = Wire.body(buffer).slice(16, 88).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(0100600, attr.getInt(60));
    assertEquals(0, attr.getLong(8), "size");
    assertEquals(0, attr.getLong(24), "atime");
    assertEquals(2, attr.getLong(32), "mtime");
    assertEquals(5, attr.getInt(52));
    assertEquals(Wire.UID, attr.getInt(68));
  }

  @Test
  void symlink_twoTexts_areNameAndTarget() throws Exception {
    serve(new Wire(Opcode.SYMLINK, 1).text("s").text("../some/where"));
    long node = Wire.body(buffer).getLong(0);
    assertEquals("../some/where", new String(fs.readlink(node), StandardCharsets.ISO_8859_1));
  }

  @Test
  void forgets_haveNoReply() {
    long node = create("f");
    serve(new Wire(Opcode.LOOKUP, 1).text("f"));
    assertEquals(2, fs.lookupCount());
    assertFalse(serve(new Wire(Opcode.FORGET, node).u64(1)));
    assertFalse(serve(new Wire(Opcode.BATCH_FORGET, 0).u32(1).u32(0).u64(node).u64(1)));
    assertEquals(0, fs.lookupCount());
  }

  @Test
  void undelivered_create_isReleasedAndForgotten() {
    var request =
        Wire.request(
            new Wire(Opcode.CREATE, 1).u32(2).u32(0100644).u32(0).u32(0).text("f").bytes());
    var dispatcher = dispatcher();
    assertTrue(dispatcher.serve(request, reply));
    dispatcher.undelivered(request, reply);
    assertEquals(0, fs.lookupCount());
    assertEquals(0, fs.openCount());
  }

  @Test
  void withoutOpens_openAndCreateAreUnknown() {
    long node = create("f");
    Wire open = new Wire(Opcode.OPEN, node).u32(0).u32(0);
    Wire create = new Wire(Opcode.CREATE, 1).u32(2).u32(0100644).u32(0).u32(0).text("g");
    for (Wire refused : List.of(open, create)) {
      assertTrue(dispatcher(false).serve(Wire.request(refused.bytes()), reply));
      assertEquals(Errno.ENOSYS.code(), reply.errno());
    }
    assertEquals(1, fs.lookupCount());
    assertEquals(1, fs.openCount());
  }

  @Test
  void withoutOpens_tmpfileIsNotOpen() {
    var unopening = dispatcher(false);
    var request =
        Wire.request(
            new Wire(Opcode.TMPFILE, 1).u32(2).u32(0100644).u32(0).u32(0).text("f").bytes());
    assertTrue(unopening.serve(request, reply));
    assertEquals(0, reply.errno());
    long node = Wire.body(buffer).getLong(0);
    assertEquals(FileSystem.UNOPENED, Wire.body(buffer).getLong(Abi.ENTRY_OUT_BYTES));
    assertEquals(0, fs.openCount());
    // As long as the kernel has not asked for an OPEN it releases it nevertheless.
    Wire release = new Wire(Opcode.RELEASE, node).u64(0).u32(0).u32(0).u64(0);
    assertTrue(unopening.serve(Wire.request(release.bytes()), reply));
    assertEquals(0, reply.errno());
    assertEquals(1, fs.lookupCount());
    assertTrue(unopening.serve(request, reply));
    unopening.undelivered(request, reply);
    assertEquals(1, fs.lookupCount());
    assertEquals(List.of(), defects);
  }

  @Test
  void undelivered_lookupAndOpens_areTakenBack() {
    long node = create("f");
    var dispatcher = dispatcher();
    for (Wire wire :
        List.of(
            new Wire(Opcode.LOOKUP, 1).text("f"),
            new Wire(Opcode.OPEN, node).u32(0).u32(0),
            new Wire(Opcode.OPENDIR, 1).u32(0).u32(0))) {
      var request = Wire.request(wire.bytes());
      assertTrue(dispatcher.serve(request, reply));
      assertEquals(0, reply.errno());
      dispatcher.undelivered(request, reply);
    }
    assertEquals(1, fs.lookupCount());
    assertEquals(1, fs.openCount());
  }

  @Test
  void undelivered_readdirplus_forgetsEveryEntry() {
    for (String name : List.of("a", "bcd", "1234567", "12345678", "123456789")) {
      create(name);
    }
    var dispatcher = dispatcher();
    var request =
        Wire.request(
            new Wire(Opcode.READDIRPLUS, 1)
                .u64(1)
                .u64(0)
                .u32(4096)
                .u32(0)
                .u64(0)
                .u32(0)
                .u32(0)
                .bytes());
    assertTrue(dispatcher.serve(request, reply));
    assertEquals(10, fs.lookupCount());
    dispatcher.undelivered(request, reply);
    assertEquals(5, fs.lookupCount());
  }

  @Test
  void readdirplus_failingHalfway_takesBackWhatItOffered() {
    fs =
        new MemoryFileSystem(() -> 5) {
          @Override
          public void readdir(long node, long handle, long cookie, boolean plus, DirSink sink)
              throws FsException {
            super.readdir(node, handle, cookie, plus, sink);
            throw new FsException(Errno.EIO);
          }
        };
    create("a");
    create("b");
    assertRefused(
        Errno.EIO,
        new Wire(Opcode.READDIRPLUS, 1).u64(1).u64(0).u32(4096).u32(0).u64(0).u32(0).u32(0));
    assertEquals(2, fs.lookupCount());
  }

  @Test
  void open_truncatingWithKillSuidgid_clearsThem() throws Exception {
    long node = create("f");
    serve(
        new Wire(Opcode.SETATTR, node)
            .u32(Abi.SetattrValid.MODE)
            .u32(0)
            .u64(0)
            .u64(0)
            .u64(0)
            .u64(0)
            .u64(0)
            .u64(0)
            .u32(0)
            .u32(0)
            .u32(0)
            .u32(06755)
            .u32(0)
            .u32(0)
            .u32(0)
            .u32(0));
    assertEquals(06755, fs.getattr(node).item().mode() & 07777);
    serve(new Wire(Opcode.OPEN, node).u32(01001).u32(1));
    assertEquals(0755, fs.getattr(node).item().mode() & 07777);
  }

  @Test
  void getxattr_sizeZero_answersLength() {
    long node = create("f");
    serve(new Wire(Opcode.SETXATTR, node).u32(3).u32(0).text("user.a").raw(new byte[] {1, 2, 3}));
    assertEquals(0, reply.errno());
    serve(new Wire(Opcode.GETXATTR, node).u32(0).u32(0).text("user.a"));
    assertEquals(3, Wire.body(buffer).getInt(0));
    serve(new Wire(Opcode.LISTXATTR, node).u32(0).u32(0));
    assertEquals(7, Wire.body(buffer).getInt(0));
    assertRefused(Errno.ERANGE, new Wire(Opcode.GETXATTR, node).u32(2).u32(0).text("user.a"));
  }

  @Test
  void setxattr_withExtension_passesFlagsOn() {
    List<Integer> flags = new ArrayList<>();
    fs =
        new MemoryFileSystem(() -> 5) {
          @Override
          public void setxattr(Caller caller, long node, byte[] name, byte[] value, int given)
              throws FsException {
            flags.add(given);
            super.setxattr(caller, node, name, value, given);
          }
        };
    long node = create("f");
    String acl = "system.posix_acl_access";
    byte[] value = {1, 2, 3};
    serve(new Wire(Opcode.SETXATTR, node).u32(3).u32(1).u32(1).u32(0).text(acl).raw(value));
    serve(new Wire(Opcode.SETXATTR, node).u32(3).u32(2).u32(0).u32(0).text(acl).raw(value));
    serve(new Wire(Opcode.SETXATTR, node).u32(3).u32(2).text(acl).raw(value));
    assertEquals(List.of(1 | FileSystem.ACL_KILL_SETGID, 2, 2), flags);
    serve(new Wire(Opcode.GETXATTR, node).u32(9).u32(0).text(acl));
    assertEquals(ByteBuffer.wrap(value), Wire.body(buffer));
  }

  @Test
  void listxattr_hidesTrusted_fromAllButRoot() {
    long node = create("f");
    for (String name : List.of("trusted.a", "user.b", "trusted.c")) {
      serve(new Wire(Opcode.SETXATTR, node).u32(0).u32(0).u32(0).u32(0).text(name));
    }
    serve(new Wire(Opcode.LISTXATTR, node).u32(100).u32(0));
    assertEquals("user.b\0", StandardCharsets.ISO_8859_1.decode(Wire.body(buffer)).toString());
  }

  @Test
  void tmpfile_isCreatedWithoutName() throws Exception {
    serve(new Wire(Opcode.TMPFILE, 1).u32(2).u32(0100666).u32(022).u32(0).text("/"));
    assertEquals(0, reply.errno());
    long node = Wire.body(buffer).getLong(0);
    assertEquals(0, fs.getattr(node).item().nlink());
    assertEquals(0644, fs.getattr(node).item().mode() & 07777);
    dispatcher().undelivered(Wire.request(new Wire(Opcode.TMPFILE, 1).bytes()), reply);
    assertEquals(1, fs.inodeCount());
  }

  @Test
  void create_truncatingWithKillSuidgid_leavesNewFileItsMode() throws Exception {
    int creat = 0101 | 01000;
    serve(new Wire(Opcode.CREATE, 1).u32(creat).u32(0102775).u32(0).u32(1).text("f"));
    long node = Wire.body(buffer).getLong(0);
    assertEquals(02775, fs.getattr(node).item().mode() & 07777);
  }

  @Test
  void fallocateAndCopy_byOrdinaryUser_clearSetuidAndSetgid() throws Exception {
    long node = create("f");
    Caller root = new Caller(0, 0, 1, 0);
    var setuid = new SetAttr(06755, null, null, null, null, null, null, false);
    fs.setattr(root, node, setuid);
    serve(new Wire(Opcode.FALLOCATE, node).u64(0).u64(0).u64(10).u32(0).u32(0));
    assertEquals(0755, fs.getattr(node).item().mode() & 07777);
    long source = create("source");
    fs.setattr(root, node, setuid);
    serve(
        new Wire(Opcode.COPY_FILE_RANGE, source)
            .u64(0)
            .u64(0)
            .u64(node)
            .u64(0)
            .u64(0)
            .u64(5)
            .u64(0));
    assertEquals(0755, fs.getattr(node).item().mode() & 07777);
  }

  @Test
  void operationsOfTheKernel_areLeftToIt() {
    assertRefused(Errno.ENOSYS, new Wire(Opcode.FLUSH, 1).u64(0).u64(0).u64(0));
    assertRefused(Errno.ENOSYS, new Wire(Opcode.ACCESS, 1).u64(0));
    assertRefused(Errno.ENOSYS, new Wire(Opcode.SETLKW, 1).u64(0));
    assertRefused(Errno.ENOTTY, new Wire(Opcode.IOCTL, 1).u64(0));
    assertRefused(Errno.ENOSYS, new Wire(4711, 1));
    assertRefused(Errno.ENOSYS, new Wire(-1, 1));
    assertRefused(Errno.ENOSYS, new Wire(7, 1));
  }

  @Test
  void malformed_requests_areInvalid() {
    assertRefused(Errno.EINVAL, new Wire(Opcode.LOOKUP, 1));
    assertRefused(Errno.EINVAL, new Wire(Opcode.LOOKUP, 1).raw((byte) 'a', (byte) 'b'));
    assertRefused(Errno.EINVAL, new Wire(Opcode.LOOKUP, 1).text("").text("x"));
    assertRefused(Errno.EINVAL, new Wire(Opcode.LOOKUP, 1).text("a/b"));
    assertRefused(Errno.EINVAL, new Wire(Opcode.GETATTR, 1).u64(0));
    assertRefused(Errno.EINVAL, new Wire(Opcode.SYMLINK, 1).text("only a name"));
    assertRefused(Errno.EINVAL, new Wire(Opcode.RENAME, 1).u64(1).text("only one"));
    long node = create("f");
    assertRefused(
        Errno.EINVAL,
        new Wire(Opcode.WRITE, node).u64(node).u64(0).u32(9).u32(0).u64(0).u64(0).raw((byte) 1));
    assertRefused(
        Errno.EINVAL, new Wire(Opcode.WRITE, node).u64(node).u64(-1).u32(0).u32(0).u64(0).u64(0));
    assertRefused(Errno.EINVAL, new Wire(Opcode.SETXATTR, node).u32(50).u32(0).text("user.a"));
  }

  @Test
  void lengthInHeader_otherThanReceived_isInvalid() {
    byte[] bytes = new Wire(Opcode.STATFS, 1).bytes();
    bytes[0]++;
    assertTrue(dispatcher().serve(Wire.request(bytes), reply));
    assertEquals(Errno.EINVAL.code(), reply.errno());
  }

  @Test
  void batchForget_countBeyondRequest_forgetsNothing() {
    create("f");
    assertFalse(
        serve(new Wire(Opcode.BATCH_FORGET, 0).u32(Integer.MAX_VALUE).u32(0).u64(2).u64(1)));
    assertEquals(1, fs.lookupCount());
  }

  @Test
  void exceptionOfFilesystem_isOneDefectAndEio() {
    fs =
        new MemoryFileSystem(() -> 5) {
          @Override
          public Attr getattr(long node) {
            throw new IllegalStateException("a bug");
          }

          @Override
          public Attr lookup(Caller caller, long parent, byte[] name) {
            throw new StackOverflowError("a bug too");
          }
        };
    assertRefused(Errno.EIO, new Wire(Opcode.GETATTR, 1).u64(0).u64(0));
    assertRefused(Errno.EIO, new Wire(Opcode.LOOKUP, 1).text("x"));
    assertEquals(2, defects.size());
  }

  @Test
  void interrupt_ofUnknownRequest_isToBeSentAgain() {
    assertRefused(Errno.EAGAIN, new Wire(Opcode.INTERRUPT, 0).u64(4242));
  }

  @Test
  void interrupt_ofRunningRequest_reachesItsThread() {
    var slot = interrupts.enter(Thread.currentThread());
    slot.begin(4242);
    assertFalse(serve(new Wire(Opcode.INTERRUPT, 0).u64(4242)));
    assertTrue(Thread.currentThread().isInterrupted());
    slot.end();
    assertFalse(Thread.currentThread().isInterrupted());
    assertRefused(Errno.EAGAIN, new Wire(Opcode.INTERRUPT, 0).u64(4242));
  }

  @Test
  void randomRequests_areAlwaysAnswered() {
    long seed = 20261120;
    var random = new Random(seed);
    // Tolerates what no kernel would ask, so that every defect is one of the binding.
    fs =
        new MemoryFileSystem(() -> 5) {
          @Override
          public void forget(long node, long lookups) {}

          @Override
          public void release(long node, long handle) {}
        };
    Dispatcher dispatcher = dispatcher();
    for (int i = 0; i < 50_000; i++) {
      byte[] bytes = randomRequest(random);
      dispatcher.serve(Wire.request(bytes), reply);
      String request = "seed %d, request %d: %s".formatted(seed, i, Arrays.toString(bytes));
      assertEquals(List.of(), defects, request);
      assertEquals(reply.length(), buffer.getInt(Abi.OUT_LENGTH), request);
      assertTrue(reply.errno() >= 0 && reply.errno() < 1000, request);
    }
  }

  private static byte[] randomRequest(Random random) {
    var wire = new Wire(random.nextInt(56), random.nextInt(4));
    int parts = random.nextInt(8);
    for (int i = 0; i < parts; i++) {
      switch (random.nextInt(4)) {
        case 0 -> wire.u32(random.nextInt(4) == 0 ? random.nextInt() : random.nextInt(300));
        case 1 -> wire.u64(random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(300));
        case 2 -> wire.text("abc".substring(random.nextInt(4)));
        default -> {
          byte[] noise = new byte[random.nextInt(64)];
          random.nextBytes(noise);
          wire.raw(noise);
        }
      }
    }
    return wire.bytes();
  }
}
