package org.salvusfs.daemon.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.daemon.control.DaemonFile;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.DaemonException;

/**
 * Starts a command that runs a daemon as a process of its own session. Its standard output is
 * passed on until it closes it, which it does when all is ready; what it wrote to standard error is
 * passed on if it ends instead. Waits for nothing but the end of these streams.
 */
final class Detached {
  /** The hidden option that the started process gets. */
  static final String SERVE = "--detached";

  private final Session session;
  private final Layout layout;

  Detached(Session session, Layout layout) {
    this.session = session;
    this.layout = layout;
  }

  /**
   * The exit code of the start.
   *
   * @param command {@code dev} or {@code upgrade}
   * @param options that it gets besides the data directory
   */
  int start(String command, List<String> options) throws DaemonException, InterruptedException {
    Path errors;
    try {
      errors = Files.createTempFile("salvus-", ".err");
    } catch (IOException e) {
      throw new DaemonException.Obstructed("no temporary file can be made (" + e + ")", e);
    }
    try {
      var process =
          new ProcessBuilder(words(command, options))
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(errors.toFile())
              .start();
      try (var lines = process.inputReader(StandardCharsets.UTF_8)) {
        passOn(lines);
      }
      var announced = DaemonFile.read(layout);
      if (announced.isPresent() && announced.get().pid() == process.pid()) {
        return ExitCode.OK.status();
      }
      int code = process.waitFor();
      session.err().print(Files.readString(errors));
      return code;
    } catch (IOException e) {
      throw new DaemonException.Obstructed(
          "the daemon cannot be started in the background (" + e + ")", e);
    } finally {
      errors.toFile().delete();
    }
  }

  private List<String> words(String command, List<String> options) {
    var words = new ArrayList<String>();
    words.add("setsid");
    words.add(session.root().resolve("salvus").toString());
    words.add(command);
    words.add(SERVE);
    words.add("--data=" + layout.directory());
    words.addAll(options);
    return words;
  }

  private void passOn(BufferedReader lines) throws IOException {
    for (var line = lines.readLine(); line != null; line = lines.readLine()) {
      session.out().println(line);
      session.out().flush();
    }
  }
}
