package org.salvusfs.daemon.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.config.ConfigFile;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "daemon", description = "Runs a daemon with a configuration file.")
final class DaemonCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "see docs/operations/configuration.md")
  private Path file = Path.of("salvus.yaml");

  @Spec private CommandSpec spec = CommandSpec.create();
  private final Session session;

  DaemonCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException, InterruptedException {
    var config = ConfigFile.read(file);
    if (common.isDataGiven(spec) && !common.layout().directory().equals(config.data())) {
      throw new ParameterException(
          spec.commandLine(),
          "--data is %s, but %s says data: %s"
              .formatted(common.layout().directory(), file, config.data()));
    }
    var run = new DaemonRun(session, common.json());
    var daemon = session.starter().start(config, run::progress);
    try {
      if (common.json()) {
        session.out().println(Json.pretty(daemon.status()));
      }
      run.progress("ready: the projects are in " + config.mount());
    } catch (DaemonException e) {
      daemon.close();
      throw e;
    }
    run.untilStopped(daemon);
    return ExitCode.OK.status();
  }
}
