package org.salvusfs.daemon.cli;

import java.nio.file.Path;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** The options that every command takes. */
final class Common {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "data directory of the installation (default: ${DEFAULT-VALUE})",
      defaultValue = ".salvus")
  private Path data = Path.of(".salvus");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this help")
  @SuppressWarnings("unused") // its being there is all: picocli acts on it
  private boolean help;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  Layout layout() {
    return Layout.of(data);
  }

  /** Whether {@code --data} stands on the command line. */
  boolean isDataGiven(CommandSpec spec) {
    var parsed = spec.commandLine().getParseResult();
    return parsed != null && parsed.hasMatchedOption("--data");
  }

  /** How {@code --data} is to be repeated in the next command; empty for the default. */
  String dataWords() {
    return data.equals(Path.of(".salvus")) ? "" : " --data " + data;
  }

  boolean json() {
    return json;
  }

  ControlClient client() throws DaemonException {
    return ControlClient.of(layout());
  }
}
