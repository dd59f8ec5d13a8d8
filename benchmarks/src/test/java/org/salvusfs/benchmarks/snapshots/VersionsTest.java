package org.salvusfs.benchmarks.snapshots;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VersionsTest {
  @TempDir private Path directory = Path.of("");

  @Test
  void programsNext_withALinkOutOfTheTree_changesFilesOfTheTreeOnly() throws Exception {
    Path outside = Files.writeString(directory.resolve("library"), "the machine's own");
    Path tree = Files.createDirectory(directory.resolve("programs"));
    Files.createSymbolicLink(tree.resolve("a-link"), outside);
    Path program = Files.writeString(tree.resolve("program"), "a copy");

    var versions = new Versions(directory, 1, 7);
    for (var step : versions.steps()) {
      if (step.name().equals("programs-next")) {
        step.change().make(tree);
      }
    }

    assertEquals("the machine's own", Files.readString(outside, StandardCharsets.ISO_8859_1));
    assertEquals("a copy".length() + 100, Files.size(program));
    assertFalse(Files.exists(tree.resolve("a-link.new")));
  }
}
