package org.salvusfs.daemon.fuse.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.fs.SetAttr;
import org.salvusfs.daemon.fuse.FuseMountContract;
import org.salvusfs.daemon.fuse.MountFixture;
import org.salvusfs.daemon.fuse.Posix;
import org.salvusfs.daemon.fuse.Shell;

/** Serving and ending a real mount. What a mount does for its users is in {@link MemoryMountIT}. */
@Timeout(120)
final class FuseServerIT extends FuseMountContract {
  private static final Caller ROOT_USER = new Caller(0, 0, 0, 0);

  /** Makes the kernel drop its pages of the file f, and of nothing else on this machine. */
  private static final String DROP_PAGES = "sync f; dd if=f iflag=nocache count=0 status=none; ";

  @RegisterExtension final MountExtension mount = new MountExtension();

  @Override
  protected MountFixture<?> fixture() {
    return mount;
  }

  private static byte[] name(String name) {
    return name.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void await(BooleanSupplier condition, String what) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    var tick = new CountDownLatch(1);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, "waited in vain until " + what);
      assertFalse(tick.await(1, TimeUnit.MILLISECONDS));
    }
  }

  /** Makes the kernel drop the names of this mount that it keeps: a remount does. */
  private void dropEntries() {
    int remount = 32;
    String type = MountPoint.TYPE;
    assertEquals(0, Libc.mount("salvusfs", mount.directory().toString(), type, remount, ""));
  }

  private static long threadCount() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("fuse-"))
        .count();
  }

  private static long descriptorCount() throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
      return all.count();
    }
  }

  /** Lets operations wait in the filesystem until the test says go. */
  private static final class Gate {
    final CountDownLatch go = new CountDownLatch(1);
    volatile int entered;

    synchronized void enter() {
      entered++;
    }

    void pass() {
      enter();
      boolean interrupted = false;
      while (true) {
        try {
          go.await();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void unmount_afterUse_leavesNoThreadNoDescriptorNoLookup() throws Exception {
    long descriptors = descriptorCount();
    FuseServer server = mount.mount(fs);
    Files.writeString(at("f"), "text");
    assertEquals("text", Files.readString(at("f")));
    server.unmount();
    assertEquals(1, fs.destroyedCount());
    await(() -> threadCount() == 0, "all threads have ended");
    assertEquals(descriptors, descriptorCount());
    server.unmount();
    assertEquals(1, fs.destroyedCount());
  }

  @Test
  void pause_letsRequestsWait_untilAnotherServerTakesTheMountOver() throws Exception {
    FuseServer server = mount.mount(fs);
    Files.writeString(at("f"), "text");
    for (int i = 0; i < 3; i++) {
      assertTrue(server.pause(Duration.ofSeconds(30)));
      assertEquals(0, server.size());
      Process reader = new ProcessBuilder("cat", at("g" + i).toString()).start(); // a lookup
      server.serve();
      assertEquals(1, reader.waitFor());
    }
    assertTrue(server.pause(Duration.ofSeconds(30)));
    Process reader = new ProcessBuilder("cat", at("f").toString()).start();
    server.leave();
    server.awaitEnd();
    assertEquals(1, fs.destroyedCount());
    FuseServer next =
        FuseServer.adopt(fs, server.connection(), MountExtension.options(), mount.listener());
    next.serve();
    assertEquals("text", reader.inputReader().readLine());
    assertEquals(0, reader.waitFor());
    next.unmount();
    assertEquals(2, fs.destroyedCount());
  }

  @Test
  void pause_whileAnOperationDoesNotEnd_isRefused_andServingGoesOn() throws Exception {
    var gate = new Gate();
    var blocking =
        new MemoryFileSystem(FuseServerIT::now) {
          @Override
          public void fsync(long node, boolean dataOnly) {
            gate.pass();
          }
        };
    FuseServer server = mount.mount(blocking);
    Path file = Files.writeString(at("f"), "x");
    Process sync = new ProcessBuilder("sync", file.toString()).start();
    await(() -> gate.entered == 1, "fsync has reached the filesystem");
    assertFalse(server.pause(Duration.ofMillis(50)));
    Files.writeString(at("g"), "x");
    gate.go.countDown();
    assertEquals(0, sync.waitFor());
    assertTrue(server.pause(Duration.ofSeconds(30)));
    server.unmount();
    assertEquals(1, blocking.destroyedCount());
  }

  @Test
  void unmount_whileFileIsOpen_cutsTheConnection() throws Exception {
    FuseServer server = mount.mount(fs);
    Files.writeString(at("f"), "text");
    int fd = Posix.open(at("f"), Posix.O_RDWR, 0);
    server.unmount();
    Posix.Failed failed =
        assertThrows(Posix.Failed.class, () -> Posix.pwrite(fd, new byte[] {1}, 0));
    assertTrue(
        List.of(Libc.ENOTCONN, Libc.ECONNABORTED, Errno.EIO.code()).contains(failed.errno()),
        failed.getMessage());
    Posix.close(fd);
  }

  @Test
  void unmount_withDirtyMappedPages_writesThemFirst() throws Exception {
    FuseServer server = mount.mount(fs);
    Files.write(at("f"), new byte[4096]);
    long node = Posix.stat(at("f")).ino();
    Process process =
        new ProcessBuilder(
                "python3",
                "-c",
                "import mmap,sys; f=open(sys.argv[1],'r+b'); m=mmap.mmap(f.fileno(),4096); m[0]=65;"
                    + " print('ready',flush=True); sys.stdin.read()",
                at("f").toString())
            .start();
    try {
      assertEquals(
          "ready", new String(process.getInputStream().readNBytes(5), StandardCharsets.US_ASCII));
      server.unmount();
      var read = ByteBuffer.allocate(1);
      assertEquals(1, fs.read(node, node, 0, read, 0));
      assertEquals(65, read.get(0));
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void unmount_whileRequestsAreInFlight_endsThem() throws Exception {
    var gate = new Gate();
    var blocking =
        new MemoryFileSystem(FuseServerIT::now) {
          @Override
          public Attr mkdir(Caller caller, long parent, byte[] name, int mode) throws FsException {
            if (parent != FileSystem.ROOT) {
              gate.pass();
            }
            return super.mkdir(caller, parent, name, mode);
          }
        };
    FuseServer server = mount.mount(blocking);
    for (int i = 0; i < 4; i++) {
      Posix.mkdir(at("p" + i), 0755);
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(5)) {
      var clients = new ArrayList<Future<?>>();
      for (int i = 0; i < 4; i++) {
        // Not in the same parent, or the kernel would send one after the other.
        Path directory = at("p" + i).resolve("d");
        clients.add(threads.submit(() -> Shell.attempt(Path.of("/"), "mkdir " + directory)));
      }
      await(() -> gate.entered == 4, "all requests are in flight");
      Future<?> end =
          threads.submit(
              () -> {
                server.unmount();
                return true;
              });
      for (Future<?> client : clients) {
        client.get(60, TimeUnit.SECONDS);
      }
      gate.go.countDown();
      end.get(60, TimeUnit.SECONDS);
    }
    assertEquals(1, blocking.destroyedCount());
  }

  @Test
  void unmount_insideAnOperation_isRefused() throws Exception {
    var server = new AtomicReference<FuseServer>();
    var caught = new AtomicReference<Throwable>();
    var calling =
        new MemoryFileSystem(FuseServerIT::now) {
          @Override
          public Attr mkdir(Caller caller, long parent, byte[] name, int mode) throws FsException {
            caught.set(assertThrows(IllegalStateException.class, () -> server.get().unmount()));
            return super.mkdir(caller, parent, name, mode);
          }
        };
    server.set(mount.mount(calling));
    Posix.mkdir(at("d"), 0755);
    assertTrue(caught.get() instanceof IllegalStateException);
  }

  @Test
  void blockedOperations_moreThanThreads_doNotHoldUpOthers() throws Exception {
    var gate = new Gate();
    var blocking =
        new MemoryFileSystem(FuseServerIT::now) {
          @Override
          public void fsync(long node, boolean dataOnly) {
            gate.pass();
          }
        };
    FuseServer server = mount.mount(blocking);
    int wanted = server.size();
    int blocked = 12;
    try (ExecutorService threads = Executors.newFixedThreadPool(blocked)) {
      var clients = new ArrayList<Future<?>>();
      for (int i = 0; i < blocked; i++) {
        Path file = Files.writeString(at("f" + i), "x");
        clients.add(
            threads.submit(
                () -> {
                  int fd = Posix.open(file, Posix.O_RDWR, 0);
                  Posix.fsync(fd);
                  Posix.close(fd);
                  return true;
                }));
      }
      await(() -> gate.entered == blocked, "all syncs are blocked");
      assertTrue(server.size() >= blocked);
      Files.writeString(at("free"), "works");
      assertEquals("works", Files.readString(at("free")));
      gate.go.countDown();
      for (Future<?> client : clients) {
        client.get();
      }
      await(
          () -> {
            at("free").toFile().setLastModified(1);
            return server.size() <= wanted + 1;
          },
          "surplus workers have ended");
    } finally {
      gate.go.countDown();
    }
  }

  @Test
  void interrupt_ofWaitingOperation_reachesIt() throws Exception {
    var entered = new CountDownLatch(1);
    var waiting =
        new MemoryFileSystem(FuseServerIT::now) {
          @Override
          public void fsync(long node, boolean dataOnly) throws FsException {
            entered.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              throw new FsException(Errno.EINTR);
            }
          }
        };
    mount.mount(waiting, MountExtension.options().withInterrupts(true));
    Files.writeString(at("f"), "x");
    Process process = new ProcessBuilder("sync", at("f").toString()).start();
    assertTrue(entered.await(30, TimeUnit.SECONDS));
    process.destroy();
    assertTrue(process.waitFor(30, TimeUnit.SECONDS), "sync is still waiting");
    assertEquals("x", Files.readString(at("f")));
  }

  @Test
  void files_areOpenedAndClosedByTheKernel() throws Exception {
    mount.mount(fs);
    Files.writeString(at("first"), "x");
    for (int i = 0; i < 20; i++) {
      Files.writeString(at("f" + i), "some text");
      assertEquals("some text", Files.readString(at("f" + i)));
      Files.writeString(at("f" + i), "less");
      assertEquals("less", Files.readString(at("f" + i)));
    }
    assertEquals(1, mount.count("OPEN"), "the one that was refused");
    assertEquals(1, mount.count("CREATE"), "the one that was refused");
    assertEquals(21, mount.count("MKNOD"));
    assertEquals(0, mount.count("RELEASE"));
    assertEquals(0, fs.openCount());
  }

  @Test
  void reads_carryTheFlagsThatTheDescriptorHasNow() throws Exception {
    var flags = new ArrayList<Integer>();
    var noting =
        new MemoryFileSystem(FuseServerIT::now) {
          @Override
          public int read(long node, long handle, long offset, ByteBuffer into, int openFlags)
              throws FsException {
            flags.add(openFlags);
            return super.read(node, handle, offset, into, openFlags);
          }
        };
    mount.mount(noting);
    Files.writeString(at("f"), "text");
    int noAtime = 01000000;
    Shell.run(mount.directory(), DROP_PAGES + "cat f; " + DROP_PAGES);
    assertEquals(List.of(0), flags.stream().map(each -> each & noAtime).distinct().toList());
    flags.clear();
    int fd = Posix.open(at("f"), noAtime, 0);
    assertArrayEquals(name("text"), Posix.pread(fd, 10, 0));
    Posix.close(fd);
    assertEquals(List.of(noAtime), flags.stream().map(each -> each & noAtime).distinct().toList());
  }

  @Test
  void adopted_fromADaemonThatWasAskedForOpens_isServedLikeThat() throws Exception {
    FuseServer server = mount.mount(fs, MountExtension.options().withOpens(true));
    Path file = Files.writeString(at("f"), "text");
    int fd = Posix.open(file, Posix.O_RDWR, 0);
    assertTrue(server.pause(Duration.ofSeconds(30)));
    server.leave();
    FuseServer next =
        FuseServer.adopt(fs, server.connection(), MountExtension.options(), mount.listener());
    next.serve();
    assertArrayEquals(name("text"), Posix.pread(fd, 10, 0));
    long opens = mount.count("OPEN");
    Files.writeString(file, "new");
    assertArrayEquals(name("new"), Posix.pread(fd, 10, 0));
    Posix.close(fd);
    assertEquals(opens + 1, mount.count("OPEN"));
    await(() -> fs.openCount() == 0, "everything is closed");
    next.unmount();
  }

  @Test
  void attributes_onceKnown_areNotAskedForAgain() throws Exception {
    mount.mount(fs);
    Files.createDirectory(at("d"));
    Files.writeString(at("d/f"), "x");
    Posix.stat(at("d/f"));
    long lookups = mount.count("LOOKUP");
    long getattrs = mount.count("GETATTR");
    for (int i = 0; i < 50; i++) {
      assertTrue(Files.isRegularFile(at("d/f")));
      assertFalse(Files.exists(at("d/missing")));
    }
    assertEquals(lookups + 1, mount.count("LOOKUP"), "one for the missing name");
    assertEquals(getattrs, mount.count("GETATTR"));
  }

  @Test
  void contents_readAgain_comeFromTheKernel() throws Exception {
    mount.mount(fs);
    Files.write(at("f"), new byte[100_000]);
    Files.readAllBytes(at("f"));
    long reads = mount.count("READ");
    Files.readAllBytes(at("f"));
    assertEquals(reads, mount.count("READ"));
  }

  @Test
  void requests_ofLargeFiles_areOneMebibyte() throws Exception {
    mount.mount(fs);
    Shell.run(mount.directory(), "dd if=/dev/zero of=f bs=4M count=8 status=none");
    assertEquals(32, mount.count("WRITE"));
    Shell.run(mount.directory(), DROP_PAGES + "cat f > /dev/null");
    assertTrue(mount.count("READ") <= 40, mount.count("READ") + " reads of 32 MiB");
  }

  @Test
  void lookup_missingInTheTopDirectory_isNotRemembered() throws Exception {
    mount.mount(fs);
    assertFalse(Files.exists(at("f")));
    fs.mknod(ROOT_USER, FileSystem.ROOT, name("f"), 0100644, 0);
    assertTrue(Files.exists(at("f")));
  }

  @Test
  void invalidateEntry_afterChangeBehindTheKernel_showsIt() throws Exception {
    FuseServer server = mount.mount(fs);
    Files.createDirectory(at("d"));
    long parent = fs.lookup(ROOT_USER, FileSystem.ROOT, name("d")).node();
    assertFalse(Files.exists(at("d/f")));
    fs.mknod(ROOT_USER, parent, name("f"), 0100644, 0);
    assertFalse(Files.exists(at("d/f")), "the kernel remembers the absence");
    server.invalidateEntry(parent, name("f"));
    assertTrue(Files.exists(at("d/f")));
    server.invalidateEntry(parent, name("never seen"));
    server.invalidateEntry(4711, name("f"));
  }

  @Test
  void invalidateNode_afterChangeBehindTheKernel_showsIt() throws Exception {
    FuseServer server = mount.mount(fs);
    Files.writeString(at("f"), "old");
    long node = Posix.stat(at("f")).ino();
    assertEquals("old", Files.readString(at("f")));
    fs.write(ROOT_USER, node, node, 0, ByteBuffer.wrap(name("new contents")), 0, false);
    server.invalidateNode(node, 0, 0);
    assertEquals("new contents", Files.readString(at("f")));
    fs.setattr(ROOT_USER, node, new SetAttr(0600, null, null, null, null, null, null, false));
    server.invalidateNode(node, -1, 0);
    assertEquals(0100600, Posix.stat(at("f")).mode());
    server.unmount();
    server.invalidateNode(node, 0, 0);
  }

  @Test
  void readdir_of50000Entries_listsEachOnce() throws Exception {
    mount.mount(fs);
    int count = 50_000;
    for (int i = 0; i < count; i++) {
      fs.mknod(ROOT_USER, FileSystem.ROOT, name("file" + i), 0100644, 0);
    }
    assertEquals(count + "\n", Shell.run(mount.directory(), "ls | sort -u | wc -l"));
    var seen = new HashSet<Path>();
    try (Stream<Path> list = Files.list(mount.directory())) {
      list.forEach(path -> assertTrue(seen.add(path)));
    }
    assertEquals(count, seen.size());
    assertEquals(count + "\n", Shell.run(mount.directory(), "ls -l | grep -c file"));
  }

  @Test
  void namesReadBeforeTheFirstStat_bringTheAttributesOfAll() throws Exception {
    mount.mount(fs);
    Files.createDirectory(at("d"));
    long directory = fs.lookup(ROOT_USER, FileSystem.ROOT, name("d")).node();
    int count = 2000;
    for (int i = 0; i < count; i++) {
      fs.mknod(ROOT_USER, directory, name("file" + i), 0100644, 0);
    }
    long lookups = mount.count("LOOKUP");
    long getattrs = mount.count("GETATTR");
    assertEquals(
        count + "\n", Shell.run(mount.directory(), "find d -type f -printf '%i %s\\n' | wc -l"));
    long asked = mount.count("LOOKUP") - lookups + mount.count("GETATTR") - getattrs;
    assertTrue(asked < 100, asked + " requests for what came with the names");
  }

  @Test
  void forget_afterDroppedCaches_returnsEveryLookup() throws Exception {
    mount.mount(fs);
    Shell.run(
        mount.directory(),
        "mkdir d; seq 500 | sed 's,^,d/f,' | xargs touch; ls -l d > /dev/null; find . > /dev/null;"
            + " rm d/f1 d/f2");
    assertTrue(fs.lookupCount() > 400);
    dropEntries();
    await(() -> fs.lookupCount() <= 1, "the kernel has forgotten all but what it uses");
    await(() -> fs.openCount() == 0, "everything is closed");
    assertEquals(500, fs.inodeCount());
  }

  @Test
  void readAhead_afterMount_isRaised() throws Exception {
    mount.mount(fs);
    String device = MountTable.read().on(mount.directory()).orElseThrow().device();
    assertEquals(
        "1024", Files.readString(Path.of("/sys/class/bdi", device, "read_ahead_kb")).strip());
  }

  @Test
  void writebackCache_ifWanted_gathersSmallWrites() throws Exception {
    mount.mount(fs, MountExtension.options().withCaches(true, true));
    Shell.run(mount.directory(), "dd if=/dev/zero of=f bs=100 count=5000 status=none conv=fsync");
    assertEquals(500_000, Posix.stat(at("f")).size());
    assertTrue(mount.count("WRITE") < 500, mount.count("WRITE") + " writes");
    Shell.run(mount.directory(), DROP_PAGES + "echo tail >> f");
    assertEquals(500_005, Files.readAllBytes(at("f")).length);
  }
}
