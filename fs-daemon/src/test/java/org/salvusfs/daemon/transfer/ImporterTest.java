package org.salvusfs.daemon.transfer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FileSystem;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.daemon.fs.MemoryFileSystem;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.ImportReport;
import org.salvusfs.daemon.posix.LocalFileException;
import org.salvusfs.daemon.vfs.ProjectFileSystem;

class ImporterTest {
  private static final Caller ROOT = new Caller(0, 0, 0, 0);

  /** What happens at the first write of each file. */
  private interface Interference {
    void writing() throws IOException, FsException;
  }

  @TempDir Path source;
  private final List<String> changedNames = Collections.synchronizedList(new ArrayList<>());
  private @Nullable Interference interference;

  private final MemoryFileSystem project =
      new MemoryFileSystem(() -> 1_800_000_000_000_000_000L) {
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
          if (interference != null && offset == 0) {
            try {
              interference.writing();
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
          return super.write(caller, node, handle, offset, from, flags, killSuidgid);
        }
      };

  private ImportReport run(CheckProgress progress) throws IOException {
    var kernel =
        new ProjectFileSystem.Changes() {
          @Override
          public void name(long directory, byte[] name) {
            changedNames.add(new String(name, UTF_8));
          }

          @Override
          public void inode(long inode) {}
        };
    try (var threads = Executors.newFixedThreadPool(3)) {
      return new Importer(project, kernel, threads, 2, "test", progress).run("p", source);
    }
  }

  private byte[] contents(String... path) throws FsException {
    long node = FileSystem.ROOT;
    for (String name : path) {
      node = project.lookup(ROOT, node, name.getBytes(UTF_8)).node();
      project.forget(node, 1);
    }
    var into = ByteBuffer.allocate((int) project.getattr(node).item().sizeBytes());
    project.read(node, FileSystem.UNOPENED, 0, into, 0);
    return into.array();
  }

  @Test
  void run_copiesAll_tellsOfEachName_andKeepsNoLookup() throws Exception {
    var noise = new byte[2_500_000];
    new Random(1).nextBytes(noise);
    Files.write(source.resolve("big"), noise);
    Files.createDirectory(source.resolve("dir"));
    for (int i = 0; i < 200; i++) {
      Files.writeString(source.resolve("dir/" + i), "contents " + i);
    }
    Files.createLink(source.resolve("dir/link"), source.resolve("big"));
    List<Long> done = new ArrayList<>();

    ImportReport report =
        run(
            (work, total) -> {
              assertTrue(total == 0 || work <= total, work + " of " + total);
              done.add(work);
            });

    assertEquals(204, report.entries()); // the top directory is one
    assertEquals(List.of(), report.failures());
    assertArrayEquals(noise, contents("big"));
    assertArrayEquals(noise, contents("dir", "link"));
    assertEquals("contents 77", new String(contents("dir", "77"), UTF_8));
    assertEquals(0, project.lookupCount());
    assertTrue(changedNames.containsAll(List.of("big", "dir", "0", "199", "link")));
    assertEquals(done.stream().sorted().toList(), done);
  }

  @Test
  void run_thatTakesLong_tellsHowMuchThereIs() throws Exception {
    long bytes = 2L << 30;
    try (var sparse = new RandomAccessFile(source.resolve("sparse").toFile(), "rw")) {
      sparse.setLength(bytes);
    }
    Files.writeString(source.resolve("small"), "small");
    List<Long> totals = new ArrayList<>();
    Executor here = Runnable::run;
    new Importer(
            project,
            ProjectFileSystem.Changes.UNHEARD,
            here,
            1,
            "test",
            (work, total) -> totals.add(total))
        .run("p", source);
    assertTrue(totals.getLast() > bytes, totals::toString);
  }

  @Test
  void run_whenTheProjectIsFull_ends_andAFileThatWasBegunIsNotThere() throws Exception {
    Files.write(source.resolve("big"), new byte[] {1, 2, 3});
    interference =
        () -> {
          throw new FsException(Errno.EDQUOT);
        };
    var ended = assertThrows(ImportEndedException.class, () -> run((done, total) -> {}));
    assertEquals(Errno.EDQUOT, ended.errno());
    assertThrows(FsException.class, () -> contents("big"));
    assertEquals(1, project.inodeCount());
  }

  @Test
  void run_whenAFileChangesUnderIt_saysSo_andTheNextRunHasIt() throws Exception {
    Path file = Files.write(source.resolve("growing"), new byte[] {1, 2, 3});
    Files.writeString(source.resolve("quiet"), "q");
    interference = () -> Files.write(file, new byte[] {4}, StandardOpenOption.APPEND);
    ImportReport report = run((done, total) -> {});
    assertEquals(1, report.failures().size(), report.toString());
    assertTrue(report.failures().getFirst().contains("growing"), report.toString());
    interference = null;
    assertTrue(run((done, total) -> {}).isComplete());
    assertArrayEquals(Files.readAllBytes(file), contents("growing"));
  }

  @Test
  void run_whenWhatWasListedHasGone_namesIt_andGoesOn() throws Exception {
    for (int i = 0; i < 100; i++) {
      Files.writeString(Files.createDirectory(source.resolve("d" + i)).resolve("f"), "f");
    }
    interference =
        () -> {
          interference = null;
          for (int i = 0; i < 100; i++) {
            Files.deleteIfExists(source.resolve("d" + i).resolve("f"));
            Files.deleteIfExists(source.resolve("d" + i));
          }
        };
    ImportReport report = run((done, total) -> {});
    assertTrue(report.failures().size() + report.unlisted() > 0, report.toString());
    assertTrue(report.failures().getFirst().contains("No such file"), report.toString());
  }

  @Test
  void run_ofWhatIsNoDirectory_isRefusedBeforeAnything() {
    assertThrows(
        LocalFileException.class,
        () -> {
          try (var threads = Executors.newSingleThreadExecutor()) {
            new Importer(
                    project,
                    ProjectFileSystem.Changes.UNHEARD,
                    threads,
                    1,
                    "test",
                    (done, total) -> {})
                .run("p", source.resolve("none"));
          }
        });
    assertEquals(1, project.inodeCount());
  }
}
