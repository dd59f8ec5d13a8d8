package org.salvusfs.daemon.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.fs.Attr;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.MemoryFileSystem;

/** What serving and ending a mount is like, whichever binding does it. */
public abstract class FuseMountContract {
  protected final MemoryFileSystem fs = new MemoryFileSystem(FuseMountContract::now);

  /** Nanoseconds since 1970. */
  protected static long now() {
    return System.currentTimeMillis() * 1_000_000;
  }

  /** Mounts through the binding under test. */
  protected abstract MountFixture<?> fixture();

  protected final Path at(String name) {
    return fixture().directory().resolve(name);
  }

  @Test
  void mount_again_servesTheSameFiles() throws Exception {
    for (int i = 0; i < 5; i++) {
      FuseMount server = fixture().mount(fs);
      Files.writeString(at("f" + i), "x");
      assertEquals(i + 2, fs.inodeCount());
      server.unmount();
    }
  }

  @Test
  void unmount_bySomeoneElse_endsTheServer() throws Exception {
    FuseMount server = fixture().mount(fs);
    Shell.run(Path.of("/"), "umount " + fixture().directory());
    server.awaitEnd();
    assertEquals(1, fs.destroyedCount());
  }

  @Test
  void exceptionOfFilesystem_isEioAndServingGoesOn() throws Exception {
    fixture().expectDefects();
    var failing =
        new MemoryFileSystem(FuseMountContract::now) {
          @Override
          public Attr mkdir(Caller caller, long parent, byte[] name, int mode) {
            throw new IllegalStateException("a bug");
          }
        };
    fixture().mount(failing);
    Posix.Failed failed = assertThrows(Posix.Failed.class, () -> Posix.mkdir(at("d"), 0755));
    assertEquals(Errno.EIO.code(), failed.errno());
    assertEquals(1, fixture().defects().size());
    Files.writeString(at("f"), "goes on");
  }

  @Test
  void concurrentLoad_ofManyThreads_keepsEveryByte() throws Exception {
    FuseMount server = fixture().mount(fs);
    int clients = 8;
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      var results = new ArrayList<Future<?>>();
      for (int c = 0; c < clients; c++) {
        Path directory = Files.createDirectory(at("c" + c));
        results.add(threads.submit(() -> load(directory)));
      }
      for (Future<?> result : results) {
        result.get();
      }
    }
    verifyAfterLoad(server);
  }

  /** What else holds once the clients are done. */
  protected void verifyAfterLoad(FuseMount server) throws Exception {}

  private static boolean load(Path directory) throws Exception {
    for (int i = 0; i < 200; i++) {
      Path file = directory.resolve("f" + i % 20);
      String text = "%s-%d".formatted(directory, i).repeat(1 + i * 13 % 3000);
      Files.writeString(file, text);
      Path renamed = directory.resolve("r" + i % 7);
      Files.move(file, renamed, StandardCopyOption.REPLACE_EXISTING);
      assertEquals(text, Files.readString(renamed));
      if (i % 3 == 0) {
        Files.delete(renamed);
        assertFalse(Files.exists(renamed));
      }
    }
    return true;
  }

  @Test
  void untar_ofTree_isIdentical(@TempDir Path local) throws Exception {
    fixture().mount(fs);
    Shell.run(
        local,
        "mkdir src; cd src; for d in $(seq 20); do mkdir d$d; for f in $(seq 50); do"
            + " seq $((d * f)) > d$d/f$f; done; ln -s f1 d$d/link; done; cd ..;"
            + " tar cf src.tar src");
    Shell.run(fixture().directory(), "tar xpf " + local + "/src.tar");
    Shell.run(fixture().directory(), "diff -r --no-dereference src " + local + "/src");
    Shell.run(fixture().directory(), "rm -r src");
    assertEquals("", Shell.run(fixture().directory(), "ls -A"));
  }
}
