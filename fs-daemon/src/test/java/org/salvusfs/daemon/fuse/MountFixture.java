package org.salvusfs.daemon.fuse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fuse.kernel.MountException;
import org.salvusfs.daemon.fuse.kernel.OperationListener;
import org.salvusfs.daemon.fuse.kernel.Options;

/**
 * Gives each test a mount point, and unmounts whatever the test has mounted there, however it ends.
 * Skips the tests where nothing can be mounted. A defect in the binding or the filesystem fails the
 * test, unless it says that it expects them.
 */
public abstract class MountFixture<S extends FuseMount>
    implements BeforeEachCallback, AfterEachCallback {
  private static final Path MOUNTS = Path.of("/proc/self/mounts");

  private final ConcurrentLinkedQueue<S> servers = new ConcurrentLinkedQueue<>();
  private final ConcurrentHashMap<String, LongAdder> operations = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Throwable> defects = new ConcurrentLinkedQueue<>();
  private Path directory = Path.of("");
  private boolean defectsExpected;

  /** Options that let a test end soon. */
  public static Options options() {
    return Options.defaults()
        .withAccess(true, true, true)
        .withUnmountPatience(Duration.ofMillis(500));
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    directory = Files.createTempDirectory("salvus-mount").toRealPath();
    try {
      requireMountable(directory);
    } catch (MountException e) {
      Files.delete(directory);
      assumeTrue(false, "skipped: " + e.getMessage());
    }
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    for (S server : servers) {
      server.unmount();
    }
    Files.deleteIfExists(directory);
    if (!defectsExpected) {
      assertEquals(List.of(), List.copyOf(defects), "defects");
    }
    assertFalse(Files.readString(MOUNTS).contains(" " + directory + " "), "still mounted");
  }

  /** The mount point of this test. */
  public Path directory() {
    return directory;
  }

  /** Throws if nothing can be mounted there. */
  protected abstract void requireMountable(Path mountPoint) throws MountException;

  /** Mounts through the binding under test. */
  protected abstract S serve(
      FileSystem fs, Path mountPoint, Options options, OperationListener listener)
      throws MountException;

  public S mount(FileSystem fs) throws MountException {
    return mount(fs, options());
  }

  public S mount(FileSystem fs, Options options) throws MountException {
    S server = serve(fs, directory, options, listener());
    servers.add(server);
    return server;
  }

  /** Counts operations and keeps defects. */
  public OperationListener listener() {
    return new OperationListener() {
      @Override
      public void completed(String operation, long nanos, int errno) {
        operations.computeIfAbsent(operation, k -> new LongAdder()).increment();
      }

      @Override
      public void defect(String operation, Throwable cause) {
        defects.add(cause);
      }
    };
  }

  /** How many requests of a kind the kernel has sent. */
  public long count(String operation) {
    LongAdder count = operations.get(operation);
    return count == null ? 0 : count.sum();
  }

  /** The test makes the filesystem throw what it must not throw. */
  public void expectDefects() {
    defectsExpected = true;
  }

  public List<Throwable> defects() {
    return List.copyOf(defects);
  }
}
