package org.salvusfs.daemon.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that does nothing itself; called alone, it says which ones it has. */
@Command(synopsisSubcommandLabel = "COMMAND", mixinStandardHelpOptions = true)
abstract class Group implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    var names = spec.subcommands().keySet().stream().toList();
    int last = names.size() - 1;
    throw new ParameterException(
        spec.commandLine(),
        "which one: %s or %s?"
            .formatted(String.join(", ", names.subList(0, last)), names.get(last)));
  }
}
