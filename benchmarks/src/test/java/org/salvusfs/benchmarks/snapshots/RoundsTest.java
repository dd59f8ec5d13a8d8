package org.salvusfs.benchmarks.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.KernelCaches;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.daemon.management.DaemonException;

final class RoundsTest {
  @TempDir private Path directory = Path.of("");
  private Path store = Path.of("");

  @BeforeEach
  void makeStore() throws Exception {
    try {
      KernelCaches.requireDroppable("");
    } catch (DaemonException.Obstructed e) {
      assumeTrue(false, String.valueOf(e.getMessage()));
    }
    assumeTrue(Files.exists(Path.of("/dev/loop-control")), "no loop devices");
    store = Files.createDirectory(directory.resolve("store"));
    Files.createDirectory(directory.resolve("trees"));
  }

  /** Keeps copies. */
  private class Copies implements Keeper {
    @Override
    public String label() {
      return "copies";
    }

    @Override
    public void open() {}

    @Override
    public void prepare(Path tree) {}

    @Override
    public void save(Path tree, String version) throws IOException, InterruptedException {
      Shell.run(store, "cp", "-a", tree.toString(), version);
    }

    @Override
    public long storedBytes() throws IOException {
      return FileTree.bytes(store);
    }

    @Override
    public void restore(Path tree, String version, Path target)
        throws IOException, InterruptedException {
      Shell.run(target, "cp", "-a", store.resolve(version) + "/.", ".");
    }

    @Override
    public void close() {}
  }

  private Rounds run(Keeper keeper) throws Exception {
    var rounds = new Rounds(List.of(keeper.label()), line -> {});
    var versions = new Versions(directory.resolve("trees"), 0.001, 3);
    rounds.run(versions, List.of(keeper), directory.resolve("scratch"));
    return rounds;
  }

  @Test
  void everyVersion_isSavedAndComesBack() throws Exception {
    var rows = run(new Copies()).rows();
    assertEquals(18, rows.size());
    for (var row : rows) {
      assertEquals(List.of(), row.samples().getFirst().failures(), row.name());
      assertEquals(1, row.samples().getFirst().seconds().size(), row.name());
    }
    assertEquals("mixed: stored", rows.get(1).name());
    double mixedBytes = rows.get(1).samples().getFirst().median();
    assertTrue(mixedBytes > 10_000);
    assertTrue(mixedBytes < FileTree.bytes(store.resolve("mixed")) * 1.01, "the rehearsal counts");
    assertTrue(Files.notExists(directory.resolve("scratch")));
    assertTrue(Files.notExists(directory.resolve("scratch.ext4")));
  }

  @Test
  void versionThatComesBackChanged_isAFailure() throws Exception {
    var broken =
        new Copies() {
          @Override
          public void restore(Path tree, String version, Path target)
              throws IOException, InterruptedException {
            super.restore(tree, version, target);
            if (version.equals("mixed")) {
              Files.writeString(target.resolve("one more"), "");
            }
          }
        };
    var restored = run(broken).rows().get(2).samples().getFirst();
    assertEquals(0, restored.seconds().size());
    assertTrue(restored.failures().getFirst().startsWith("diff -r"), restored::toString);
  }
}
