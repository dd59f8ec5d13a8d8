package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.StatFs;
import org.salvusfs.metadata.api.Limits;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.quota.admission.Notice;

/** Limits as programs meet them. */
final class QuotaAdmissionTest {
  private static final int USER = 1000;
  private static final long MIB = 1 << 20;
  private static final int WRITERS = 10;
  private static final int WRITE_BYTES = 4096;

  private static final byte[] NAME = "f".getBytes(US_ASCII);
  private static final Caller ROOT_USER = new Caller(0, 0, 0, 0);
  private static final Caller ORDINARY = new Caller(USER, USER, 0, 0);

  private ProjectRig rig;

  @BeforeEach
  void open() throws Exception {
    rig = new ProjectRig();
  }

  @AfterEach
  void close() throws Exception {
    rig.check();
    rig.close();
  }

  private static Limits bytes(long hard, long reserve) {
    return new Limits(hard, Limits.UNLIMITED, Limits.DEFAULT_GRACE, Limits.UNLIMITED, reserve);
  }

  private interface Attempt {
    void run() throws FsException;
  }

  private static void assertQuota(Attempt attempt) {
    assertEquals(Errno.EDQUOT, assertThrows(FsException.class, attempt::run).errno());
  }

  @Test
  @Tag("promise")
  @Tag("promise-11")
  void tenWriters_racingForTheLastMegabyte_neverExceedIt() throws Exception {
    rig.limit(bytes(8 * MIB, 0));
    Posix posix = rig.posix(USER);
    int filler = posix.open("filler", Posix.O_CREAT | Posix.O_RDWR, 0644);
    for (long at = 0; at < 7 * MIB; at += MIB) {
      posix.write(filler, at, new byte[(int) MIB]);
    }
    var racing = new AtomicBoolean(true);
    long written = 0;
    try (var threads = Executors.newFixedThreadPool(WRITERS + 1)) {
      List<Future<Long>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        writers.add(threads.submit(fill(posix, "w" + i)));
      }
      Future<Long> watch = threads.submit(() -> watch(racing));
      for (Future<Long> writer : writers) {
        written += writer.get();
      }
      racing.set(false);
      assertTrue(watch.get() <= 8 * MIB);
    }
    assertEquals(MIB, written, "the last byte was given, too");
    assertEquals(8 * MIB, rig.usage().bytes());
    posix.close(filler);
  }

  /** Appends until it is refused; returns how much it got. */
  private Callable<Long> fill(Posix posix, String name) {
    return () -> {
      int fd = posix.open(name, Posix.O_CREAT | Posix.O_RDWR, 0644);
      long at = 0;
      try {
        while (true) {
          at += posix.write(fd, at, new byte[WRITE_BYTES]);
        }
      } catch (FsException e) {
        assertEquals(Errno.EDQUOT, e.errno());
      }
      posix.close(fd);
      return at;
    };
  }

  /** The highest use that it saw. */
  private long watch(AtomicBoolean racing) {
    long most = 0;
    while (racing.get()) {
      most = Math.max(most, rig.usage().bytes());
    }
    return most;
  }

  /** The kernel says that it has forgotten a file only after its removal was answered. */
  @Test
  void creationInFullHome_waitsUntilTheKernelHasForgottenWhatWasRemoved() throws Exception {
    long inodes = rig.usage().inodes() + 1;
    rig.limit(new Limits(Limits.UNLIMITED, Limits.UNLIMITED, Limits.DEFAULT_GRACE, inodes, 0));
    boolean admitted = false;
    for (int round = 0; round < 20 && !admitted; round++) {
      long removed = make().node();
      rig.fs().unlink(ROOT_USER, Keys.ROOT_INODE, NAME);
      var making = new FutureTask<>(this::make);
      var maker = new Thread(making, "maker");
      maker.start();
      while (maker.isAlive() && maker.getState() != Thread.State.TIMED_WAITING) {
        Thread.onSpinWait();
      }
      rig.fs().forget(removed, 1);
      try {
        rig.fs().forget(making.get().node(), 1);
        admitted = true;
      } catch (ExecutionException e) {
        assertEquals(
            Errno.EDQUOT,
            assertInstanceOf(FsException.class, e.getCause()).errno()); // forgotten too late
      }
    }
    assertTrue(admitted, "what was removed still counted");
  }

  private Attr make() throws FsException {
    return rig.fs().mknod(ORDINARY, Keys.ROOT_INODE, NAME, 0100644, 0);
  }

  @Test
  void fullHome_overwriteTruncateDelete_succeedAndRootHasTheReserve() throws Exception {
    rig.limit(bytes(100_000, 10_000));
    Posix user = rig.posix(USER);
    Posix root = rig.posix(0);
    int fd = user.open("f", Posix.O_CREAT | Posix.O_RDWR, 0644);
    user.write(fd, 0, new byte[80_000]);
    int sparse = user.open("sparse", Posix.O_CREAT | Posix.O_RDWR, 0644);
    user.write(sparse, 50_000, new byte[10_000]);
    assertQuota(() -> user.write(sparse, 0, new byte[1]));
    assertEquals(10_000, user.write(sparse, 50_000, new byte[10_000]), "over what is allocated");
    assertEquals(500, user.write(fd, 79_500, new byte[500]));
    assertQuota(() -> user.write(fd, 79_501, new byte[500]));
    user.truncate(sparse, 200_000);
    user.truncate(sparse, 60_000);
    user.rename("f", "g", 0);
    user.link("g", "h");
    user.mkdir("d", 0755);
    int rootFd = root.open("runtime", Posix.O_CREAT | Posix.O_RDWR, 0600);
    assertEquals(10_000, root.write(rootFd, 0, new byte[10_000]));
    assertQuota(() -> root.write(rootFd, 10_000, new byte[1]));
    user.unlink("g");
    user.unlink("h");
    user.close(fd);
    assertEquals(1, user.write(sparse, 0, new byte[1]));
    user.close(sparse);
    root.close(rootFd);
  }

  @Test
  void fallocate_ofMoreThanFits_isRefused_andWhatIsAllocatedHasRoom() throws Exception {
    Posix user = rig.posix(USER);
    int fd = user.open("f", Posix.O_CREAT | Posix.O_RDWR, 0644);
    var refused = assertThrows(FsException.class, () -> user.fallocate(fd, 0, 0, (1L << 40) + 1));
    assertEquals(Errno.ENOSPC, refused.errno(), "the disk of the rig");
    rig.limit(bytes(100_000, 10_000));
    assertQuota(() -> user.fallocate(fd, 0, 0, 90_001));
    assertQuota(() -> user.fallocate(fd, Linux.FALLOC_KEEP_SIZE, 50_000, 100_001));
    assertEquals(0, user.stat("f").size(), "what was refused changes nothing");
    user.write(fd, 20_000, new byte[10_000]);
    user.truncate(fd, 40_000);
    user.fallocate(fd, Linux.FALLOC_KEEP_SIZE, 0, 70_000);
    assertEquals(40_000, user.stat("f").size());
    assertEquals(40_000, rig.usage().bytes(), "nothing behind the end");
    user.fallocate(fd, 0, 10_000, 80_000);
    assertEquals(90_000, user.stat("f").size());
    assertEquals(90_000, rig.usage().bytes(), "what is allocated counts, and once");
    assertQuota(() -> user.write(fd, 90_000, new byte[1]));
    assertEquals(90_000, user.write(fd, 0, new byte[90_000]), "it has room");
    user.fallocate(fd, Linux.FALLOC_ZERO_RANGE, 5_000, 85_000);
    assertEquals(90_000, rig.usage().bytes());
    user.truncate(fd, 0);
    assertEquals(0, rig.usage().bytes());
    user.close(fd);
  }

  @Test
  void limitBelowUse_nothingGrowsAndEverythingCanGo() throws Exception {
    Posix user = rig.posix(USER);
    int fd = user.open("f", Posix.O_CREAT | Posix.O_RDWR, 0644);
    user.write(fd, 0, new byte[50_000]);
    rig.limit(new Limits(10, Limits.UNLIMITED, Limits.DEFAULT_GRACE, 1, 0));
    assertQuota(() -> user.write(fd, 50_000, new byte[1]));
    assertQuota(() -> user.mkdir("d", 0755));
    assertQuota(() -> user.symlink("f", "s"));
    assertQuota(() -> user.mknod("n", 0100644, 0));
    assertQuota(() -> user.open("new", Posix.O_CREAT | Posix.O_RDWR, 0644));
    assertQuota(() -> rig.fs().tmpfile(new Caller(USER, USER, 1, 0), Keys.ROOT_INODE, 0600, 2));
    assertQuota(() -> user.rename("f", "g", Linux.RENAME_WHITEOUT));
    assertEquals(50_000, user.write(fd, 0, new byte[50_000]));
    user.truncate(fd, 5);
    assertEquals(5, rig.usage().bytes());
    assertEquals(5, user.write(fd, 5, new byte[5]));
    user.unlink("f");
    user.close(fd);
    assertEquals(0, rig.usage().bytes());
  }

  @Test
  void failedOperation_givesBackWhatWasSetAside() throws Exception {
    rig.limit(bytes(10_000, 0));
    Posix user = rig.posix(USER);
    int fd = user.open("f", Posix.O_CREAT | Posix.O_RDWR, 0644);
    rig.leased = false;
    for (int i = 0; i < 5; i++) {
      assertEquals(
          Errno.EIO,
          assertThrows(FsException.class, () -> user.write(fd, 0, new byte[8_000])).errno());
      assertEquals(Errno.EIO, assertThrows(FsException.class, () -> user.mkdir("d", 0755)).errno());
    }
    rig.leased = true;
    assertEquals(10_000, user.write(fd, 0, new byte[10_000]));
    user.close(fd);
  }

  @Test
  void whatWasWritten_isCommitted_whateverTheLimitIsThen() throws Exception {
    Posix user = rig.posix(USER);
    int fd = user.open("f", Posix.O_CREAT | Posix.O_RDWR, 0644);
    user.write(fd, 0, new byte[50_000]);
    rig.limit(bytes(10, 0));
    user.fsync(fd);
    rig.crash();
    assertEquals(50_000, rig.posix(USER).stat("f").size());
    assertEquals(50_000, rig.usage().bytes());
    rig.transactions().commit();
    rig.crash();
    assertEquals(50_000, rig.usage().bytes());
  }

  @Test
  void writeback_mayNotUseTheReserve() throws Exception {
    rig.limit(bytes(10_000, 5_000));
    Posix root = rig.posix(0);
    int fd = root.open("f", Posix.O_CREAT | Posix.O_RDWR, 0644);
    long node = rig.fs().lookup(Caller.WRITEBACK, Keys.ROOT_INODE, new byte[] {'f'}).node();
    var bytes = ByteBuffer.wrap(new byte[5_001]);
    assertQuota(() -> rig.fs().write(Caller.WRITEBACK, node, 0, 0, bytes, 0, false));
    assertEquals(5_001, root.write(fd, 0, new byte[5_001]));
    rig.fs().forget(node, 1);
    root.close(fd);
  }

  @Test
  void statfs_showsTheHomesOwnLimits() throws Exception {
    Posix user = rig.posix(USER);
    int fd = user.open("f", Posix.O_CREAT | Posix.O_RDWR, 0644);
    user.write(fd, 0, new byte[10_000]);
    user.close(fd);
    StatFs free = rig.fs().statfs(1);
    assertEquals((1L << 40) / 4096, free.blocksFree(), "what the disk has");
    assertEquals(free.blocksFree(), free.blocksAvailable());
    rig.limit(new Limits(MIB, Limits.UNLIMITED, Limits.DEFAULT_GRACE, 100, 65_536));
    assertEquals(new StatFs(256, 253, 237, 100, 98, 4096, 255), rig.fs().statfs(1));
    rig.limit(new Limits(5_000, Limits.UNLIMITED, Limits.DEFAULT_GRACE, 1, 0));
    assertEquals(new StatFs(3, 0, 0, 2, 0, 4096, 255), rig.fs().statfs(1));
    rig.limit(bytes(1L << 50, 0));
    assertEquals(free, rig.fs().statfs(1), "the disk is smaller than the quota");
  }

  @Test
  void notices_comeOncePerCrossing() throws Exception {
    rig.limit(bytes(100_000, 0));
    Posix user = rig.posix(USER);
    int fd = user.open("f", Posix.O_CREAT | Posix.O_RDWR, 0644);
    for (int at = 0; at < 100_000; at += 100) {
      user.write(fd, at, new byte[100]);
    }
    for (int i = 0; i < 10; i++) {
      assertQuota(() -> user.write(fd, 100_000, new byte[1]));
    }
    user.close(fd);
    assertEquals(
        List.of("quota-warning", "quota-warning", "quota-warning", "quota-hit"),
        rig.notices.stream().map(Notice::kind).toList());
    assertEquals("80 % of the quota is used: 78K of 97K", rig.notices.getFirst().text());
  }
}
