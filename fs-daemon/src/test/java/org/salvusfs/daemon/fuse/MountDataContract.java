package org.salvusfs.daemon.fuse;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.salvusfs.daemon.fs.Errno;

/** What POSIX and Linux promise about the contents of files; goes with {@link MountContract}. */
public abstract class MountDataContract extends MountTests {
  private static final int MIB = 1 << 20;
  private static final int CREATE_RW = Posix.O_CREAT | Posix.O_RDWR;

  private static byte[] random(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private long entryCount() throws IOException {
    try (Stream<Path> entries = Files.list(directory())) {
      return entries.count();
    }
  }

  /** Something to do with an open file. */
  private interface Use {
    void with(int fd) throws IOException;
  }

  private void open(String name, int flags, Use use) throws IOException {
    int fd = Posix.open(at(name), flags, 0644);
    try {
      use.with(fd);
    } finally {
      Posix.close(fd);
    }
  }

  @Test
  void write_manySizesAndOffsets_readsBack() throws Exception {
    long seed = 42;
    var random = new Random(seed);
    byte[] model = new byte[3 * MIB];
    open(
        "f",
        CREATE_RW,
        fd -> {
          Posix.ftruncate(fd, model.length);
          for (int i = 0; i < 200; i++) {
            int count = 1 + random.nextInt(1 << random.nextInt(18));
            int offset = random.nextInt(model.length - count);
            byte[] part = random(count, i);
            assertEquals(count, Posix.pwrite(fd, part, offset));
            System.arraycopy(part, 0, model, offset, count);
            assertArrayEquals(part, Posix.pread(fd, count, offset), "seed " + seed);
          }
        });
    assertArrayEquals(model, Files.readAllBytes(at("f")), "seed " + seed);
  }

  @Test
  void read_atAndPastEnd_isShortOrEmpty() throws Exception {
    Files.writeString(at("f"), "12345");
    open(
        "f",
        Posix.O_RDONLY,
        fd -> {
          assertEquals(2, Posix.pread(fd, 100, 3).length);
          assertEquals(0, Posix.pread(fd, 100, 5).length);
          assertEquals(0, Posix.pread(fd, 100, 1L << 40).length);
        });
  }

  @Test
  void write_pastEnd_leavesZeros() throws Exception {
    open("f", CREATE_RW, fd -> Posix.pwrite(fd, new byte[] {9}, 100_000));
    byte[] expected = new byte[100_001];
    expected[100_000] = 9;
    assertArrayEquals(expected, Files.readAllBytes(at("f")));
  }

  @Test
  void write_beyond4GiB_isSparse() throws Exception {
    long offset = 6L << 30;
    open(
        "f",
        CREATE_RW,
        fd -> {
          Posix.pwrite(fd, new byte[] {1, 2, 3}, offset);
          assertArrayEquals(new byte[] {1, 2, 3}, Posix.pread(fd, 10, offset));
          assertArrayEquals(new byte[10], Posix.pread(fd, 10, 5L << 30));
        });
    assertEquals(offset + 3, Posix.stat(at("f")).size());
    assertTrue(Posix.stat(at("f")).blocks() * 512 < MIB);
  }

  @Test
  void append_byTwoHandles_neverOverwrites() throws Exception {
    int flags = Posix.O_CREAT | Posix.O_WRONLY | Posix.O_APPEND;
    open(
        "f",
        flags,
        one ->
            open(
                "f",
                flags,
                two -> {
                  for (int i = 0; i < 50; i++) {
                    Posix.write(one, new byte[] {'1'});
                    Posix.write(two, new byte[] {'2'});
                  }
                }));
    assertEquals("12".repeat(50), Files.readString(at("f")));
  }

  @Test
  void truncate_shorterThenLonger_showsZeros() throws Exception {
    Files.write(at("f"), random(10_000, 1));
    Posix.truncate(at("f"), 10);
    Posix.truncate(at("f"), 9_000);
    byte[] found = Files.readAllBytes(at("f"));
    assertEquals(9_000, found.length);
    for (int i = 10; i < found.length; i++) {
      assertEquals(0, found[i], "at " + i);
    }
  }

  @Test
  void truncate_openFile_isSeenByHandle() throws Exception {
    open(
        "f",
        CREATE_RW,
        fd -> {
          Posix.pwrite(fd, new byte[5000], 0);
          Posix.truncate(at("f"), 100);
          assertEquals(100, Posix.pread(fd, 5000, 0).length);
        });
  }

  @Test
  void open_truncate_empties() throws Exception {
    Files.writeString(at("f"), "old contents");
    open("f", Posix.O_WRONLY | Posix.O_TRUNC, fd -> {});
    assertEquals(0, Posix.stat(at("f")).size());
  }

  @Test
  void unlink_openFile_staysUsableUntilClosed() throws Exception {
    open(
        "f",
        CREATE_RW,
        fd -> {
          Posix.pwrite(fd, new byte[] {1, 2, 3}, 0);
          Posix.unlink(at("f"));
          assertEquals(0, entryCount(), "something is left");
          Posix.pwrite(fd, new byte[] {4}, 3);
          assertArrayEquals(new byte[] {1, 2, 3, 4}, Posix.pread(fd, 10, 0));
        });
  }

  @Test
  void unlink_openFile_canBeLookedAtAndChanged() throws Exception {
    assertEquals(
        "(0, 33152, 3, 7)\n[]\n",
        Shell.run(
            directory(),
            """
            python3 -c "
            import os
            f = os.open('f', os.O_CREAT | os.O_RDWR, 0o644); os.write(f, b'12345')
            os.unlink('f')
            os.fchmod(f, 0o600); os.ftruncate(f, 3); os.utime(f, (7, 7)); os.fsync(f)
            s = os.fstat(f); print((s.st_nlink, s.st_mode, s.st_size, int(s.st_mtime)))
            print(os.listdir('.'))"
            """));
  }

  @Test
  void rename_overOpenFile_leavesItReadable() throws Exception {
    Files.writeString(at("old"), "old");
    Files.writeString(at("new"), "new");
    open(
        "old",
        Posix.O_RDONLY,
        fd -> {
          Posix.rename(at("new"), at("old"));
          assertArrayEquals("old".getBytes(UTF_8), Posix.pread(fd, 10, 0));
        });
    assertEquals("new", Files.readString(at("old")));
  }

  @Test
  void write_onReadOnlyHandle_failsBadDescriptor() throws Exception {
    Files.writeString(at("f"), "");
    open(
        "f",
        Posix.O_RDONLY,
        fd -> assertErrno(Errno.EBADF, () -> Posix.pwrite(fd, new byte[1], 0)));
  }

  @Test
  void fsync_ofFileAndDirectory_succeeds() throws Exception {
    open(
        "f",
        CREATE_RW | Posix.O_SYNC,
        fd -> {
          Posix.write(fd, new byte[100]);
          Posix.fsync(fd);
        });
    open(".", Posix.O_RDONLY, Posix::fsync);
    Shell.run(directory(), "sync f; sync -d f; sync -f .");
  }

  @Test
  void fallocate_plain_extends() throws Exception {
    open("f", CREATE_RW, fd -> Posix.fallocate(fd, 0, 1000, 9000));
    assertEquals(10_000, Posix.stat(at("f")).size());
  }

  @Test
  void fallocate_plain_fillsHolesAndKeepsData() throws Exception {
    byte[] data = random(5000, 6);
    open(
        "f",
        CREATE_RW,
        fd -> {
          Posix.pwrite(fd, data, 300_000);
          Posix.fallocate(fd, 0, 0, MIB);
        });
    assertTrue(Posix.stat(at("f")).blocks() >= MIB / 512, "what is allocated counts");
    byte[] expected = new byte[MIB];
    System.arraycopy(data, 0, expected, 300_000, data.length);
    assertArrayEquals(expected, Files.readAllBytes(at("f")));
  }

  @Test
  void fallocate_keepSize_doesNotExtend() throws Exception {
    open("f", CREATE_RW, fd -> Posix.fallocate(fd, Posix.FALLOC_KEEP_SIZE, 0, 10_000));
    assertEquals(0, Posix.stat(at("f")).size());
  }

  @Test
  void fallocate_punchHole_readsZerosAndFreesBlocks() throws Exception {
    byte[] data = random(4 * MIB, 3);
    Files.write(at("f"), data);
    Shell.run(directory(), "sync f");
    long before = Posix.stat(at("f")).blocks();
    Shell.run(directory(), "fallocate -p -o 1000000 -l 2000000 f");
    Arrays.fill(data, 1_000_000, 3_000_000, (byte) 0);
    assertArrayEquals(data, Files.readAllBytes(at("f")));
    assertTrue(Posix.stat(at("f")).blocks() < before);
  }

  @Test
  void fallocate_zeroRange_readsZeros() throws Exception {
    byte[] data = random(100_000, 4);
    Files.write(at("f"), data);
    open("f", Posix.O_RDWR, fd -> Posix.fallocate(fd, Posix.FALLOC_ZERO_RANGE, 10_000, 200_000));
    assertTrue(Posix.stat(at("f")).blocks() >= 210_000 / 512, "zeroed is not freed");
    byte[] expected = new byte[210_000];
    System.arraycopy(data, 0, expected, 0, 10_000);
    assertArrayEquals(expected, Files.readAllBytes(at("f")));
  }

  @Test
  void seek_holesAndData_areFound() throws Exception {
    needs(MountCapability.SEEK_HOLES);
    open(
        "f",
        CREATE_RW,
        fd -> {
          Posix.pwrite(fd, random(MIB, 5), 2 * MIB);
          Posix.ftruncate(fd, 8 * MIB);
          Posix.fsync(fd);
          assertEquals(2 * MIB, Posix.lseek(fd, 0, Posix.SEEK_DATA));
          assertEquals(3 * MIB, Posix.lseek(fd, 2 * MIB, Posix.SEEK_HOLE));
          assertEquals(0, Posix.lseek(fd, 0, Posix.SEEK_HOLE));
          assertErrno(Errno.ENXIO, () -> Posix.lseek(fd, 4 * MIB, Posix.SEEK_DATA));
          assertErrno(Errno.ENXIO, () -> Posix.lseek(fd, 8 * MIB, Posix.SEEK_HOLE));
        });
  }

  @Test
  void copyFileRange_betweenFiles_copies() throws Exception {
    byte[] data = random(300_000, 6);
    Files.write(at("a"), data);
    open(
        "a",
        Posix.O_RDONLY,
        from ->
            open(
                "b",
                CREATE_RW,
                to -> {
                  long done = 0;
                  while (done < 200_000) {
                    done += Posix.copyFileRange(from, 50_000 + done, to, 10 + done, 200_000 - done);
                  }
                }));
    byte[] expected = new byte[200_010];
    System.arraycopy(data, 50_000, expected, 10, 200_000);
    assertArrayEquals(expected, Files.readAllBytes(at("b")));
  }

  @Test
  void copy_byCoreutils_keepsHolesAndBytes() throws Exception {
    Shell.run(
        directory(),
        """
        dd if=/dev/urandom of=a bs=1M count=2 seek=3 status=none; truncate -s 9M a
        cp --sparse=always a b; cp a c; cmp a b; cmp a c
        cp -a a d; cmp a d; mv d e; cmp a e
        """);
    assertTrue(Posix.stat(at("b")).blocks() * 512 <= 3 * MIB);
  }

  @Test
  void directIo_aligned_readsAndWrites() throws Exception {
    byte[] data = random(64 * 1024, 7);
    open(
        "f",
        CREATE_RW | Posix.O_DIRECT,
        fd -> {
          assertEquals(data.length, Posix.pwrite(fd, data, 8192));
          assertArrayEquals(data, Posix.pread(fd, data.length, 8192));
        });
    open("f", Posix.O_RDONLY, fd -> assertArrayEquals(data, Posix.pread(fd, data.length, 8192)));
  }

  @Test
  void directIo_largerThanOneRequest_isSplit() throws Exception {
    byte[] data = random(5 * MIB, 8);
    open(
        "f",
        CREATE_RW | Posix.O_DIRECT,
        fd -> {
          long done = Posix.pwrite(fd, data, 0);
          assertEquals(data.length, done);
          assertArrayEquals(data, Posix.pread(fd, data.length, 0));
        });
  }

  @Test
  void asynchronousDirectWrite_whileAnotherReads_isSeenAfterwards() throws Exception {
    byte[] data = new byte[640 * 1024];
    Files.write(at("f"), data);
    var done = new AtomicBoolean();
    var reader =
        new FutureTask<Void>(
            () -> {
              var into = ByteBuffer.allocateDirect(data.length);
              try (var channel = FileChannel.open(at("f"), READ)) {
                while (!done.get()) {
                  channel.read(into.clear(), 0);
                }
              }
              return null;
            });
    new Thread(reader).start();
    try {
      open(
          "f",
          Posix.O_RDWR | Posix.O_DIRECT,
          direct -> {
            for (int i = 1; i <= 300; i++) {
              Arrays.fill(data, (byte) i);
              assertEquals(data.length, Posix.aioPwrite(direct, data, 0));
              assertArrayEquals(data, Files.readAllBytes(at("f")), "write " + i);
            }
          });
    } finally {
      done.set(true);
    }
    reader.get();
  }

  @Test
  void mmap_sharedWrites_reachTheFile() throws Exception {
    Path f = at("f");
    Files.write(f, new byte[100_000]);
    try (Arena arena = Arena.ofConfined();
        var channel = FileChannel.open(f, READ, WRITE)) {
      MemorySegment map = channel.map(FileChannel.MapMode.READ_WRITE, 0, 100_000, arena);
      map.set(JAVA_BYTE, 0, (byte) 1);
      map.set(JAVA_BYTE, 50_000, (byte) 2);
      map.set(JAVA_BYTE, 99_999, (byte) 3);
      map.force();
    }
    byte[] found = Files.readAllBytes(f);
    assertEquals(1, found[0]);
    assertEquals(2, found[50_000]);
    assertEquals(3, found[99_999]);
  }

  @Test
  void mmap_fileWrittenMeanwhile_seesIt() throws Exception {
    Path f = at("f");
    Files.write(f, new byte[8192]);
    try (Arena arena = Arena.ofConfined();
        var channel = FileChannel.open(f, READ, WRITE)) {
      MemorySegment map = channel.map(FileChannel.MapMode.READ_ONLY, 0, 8192, arena);
      assertEquals(0, map.get(JAVA_BYTE, 5000));
      open("f", Posix.O_RDWR, fd -> Posix.pwrite(fd, new byte[] {77}, 5000));
      assertEquals(77, map.get(JAVA_BYTE, 5000));
    }
  }

  @Test
  void program_storedHere_runs() throws Exception {
    Shell.run(directory(), "cp /bin/echo prog");
    assertEquals("ran\n", Shell.run(directory(), "./prog ran"));
  }

  @Test
  void flock_heldByOneProcess_keepsOthersOut() throws Exception {
    Shell.run(
        directory(),
        """
        exec 9> lock
        flock -x 9
        ! flock -n -x lock true
        exec 9>&-
        flock -n -x lock true
        """);
  }

  @Test
  void posixLock_onRange_keepsOthersOutOfIt() throws Exception {
    assertEquals(
        "locked\nfree\n",
        Shell.run(
            directory(),
            """
            python3 -c "
            import fcntl, os
            f = open('f', 'w+'); f.write('x' * 100); f.flush()
            fcntl.lockf(f, fcntl.LOCK_EX | fcntl.LOCK_NB, 10, 0)
            if os.fork() == 0:
                g = open('f', 'r+')
                try:
                    fcntl.lockf(g, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 5); print('free', flush=True)
                except OSError:
                    print('locked', flush=True)
                fcntl.lockf(g, fcntl.LOCK_EX | fcntl.LOCK_NB, 5, 50); print('free', flush=True)
                os._exit(0)
            os.wait()"
            """));
  }

  @Test
  void unnamedFile_worksOrIsNotOffered() throws Exception {
    Shell.Result result =
        Shell.attempt(
            directory(),
            """
            python3 -c "
            import os
            f = os.open('.', os.O_TMPFILE | os.O_RDWR, 0o600); os.write(f, b'x')"
            """);
    if (result.exitCode() != 0) {
      assertTrue(result.output().contains("not supported"), result.output());
    }
    assertEquals(0, entryCount());
  }

  @Test
  void ioctl_unknown_failsNotTerminal() throws Exception {
    Files.writeString(at("f"), "");
    Shell.Result result =
        Shell.attempt(directory(), "python3 -c \"import fcntl; fcntl.ioctl(open('f'), 0x12345)\"");
    assertNotEquals(0, result.exitCode());
    assertTrue(result.output().contains("Inappropriate ioctl"), result.output());
  }
}
