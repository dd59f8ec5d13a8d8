package org.salvusfs.benchmarks.trees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.Shell;

final class NotebookTreeTest {
  private static final long BYTES = 4_000_000;
  @TempDir private Path directory = Path.of("");

  @Test
  void tree_isOfAboutTheSizeAskedFor_andTheSameForTheSameSeed() throws Exception {
    Path tree = directory.resolve("tree");
    new NotebookTree(7, BYTES).write(tree);
    long bytes = FileTree.bytes(tree);
    assertTrue(bytes > BYTES / 2 && bytes < BYTES * 2, () -> bytes + " bytes");
    new NotebookTree(7, BYTES).write(directory.resolve("again"));
    Shell.run(directory, "diff", "-r", "tree", "again");
  }

  @Test
  void notebooks_areJson() throws Exception {
    Path tree = directory.resolve("tree");
    new NotebookTree(7, BYTES).write(tree);
    Path notebook = tree.resolve("notebooks/file0.ipynb");
    var json = new ObjectMapper().readTree(Files.readString(notebook));
    assertEquals(4, json.path("nbformat").asInt());
  }
}
