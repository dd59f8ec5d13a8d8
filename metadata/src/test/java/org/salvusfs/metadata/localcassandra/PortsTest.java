package org.salvusfs.metadata.localcassandra;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PortsTest {
  @TempDir Path directory;

  @Test
  void kept_whatWasWritten_isFound() throws Exception {
    var ports = new Ports(40_001, 40_002);
    var file = Files.writeString(directory.resolve("ports"), ports.toText());
    assertEquals(Optional.of(ports), Ports.kept(file));
  }

  /** A daemon that was killed while it wrote them must start again. */
  @ParameterizedTest
  @ValueSource(strings = {"", "40001", "40001\n", "\0\0\0\0"})
  void kept_tornByACrash_isNothing(String text) throws Exception {
    var file = Files.writeString(directory.resolve("ports"), text);
    assertEquals(Optional.empty(), Ports.kept(file));
  }
}
