package org.salvusfs.daemon.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.control.Messages.NewToken;
import org.salvusfs.daemon.management.FakeDaemon;

/** The README's example does what it says. */
final class ReadmeTest {
  private static final Path PAGE = Path.of("../README.md");

  @TempDir private Path directory = Path.of("");

  @Test
  void example_makesASnapshotAndShowsIt() throws Exception {
    var page = Files.readString(PAGE);
    int start = page.indexOf("```sh\n") + "```sh\n".length();
    var example = page.substring(start, page.indexOf("```", start));
    var daemon = new FakeDaemon();
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    Files.createDirectory(directory.resolve(".salvus"));
    try (var api = TestApi.serving(directory.resolve(".salvus"), daemon)) {
      var client = ControlClient.of(api.layout());
      var secret = client.createToken(new NewToken(null, "operate", null, null)).secret();
      var command = directory.resolve("salvus");
      Files.writeString(
          command,
          "#!/bin/sh\n[ \"$*\" = 'token create --scope operate' ] && echo " + secret + "\n");
      assertTrue(command.toFile().setExecutable(true));
      var shell =
          new ProcessBuilder("bash", "-euo", "pipefail", "-c", example)
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      var said = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(0, shell.waitFor(), said);
      var answers = new ObjectMapper().readerFor(Object.class).readValues(said).readAll();
      assertEquals(2, answers.size());
      assertEquals(answers.getFirst(), answers.getLast());
      assertEquals("before-exam", client.snapshots().list("demo").getFirst().name());
    }
  }
}
