package org.salvusfs.daemon.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "completion",
    description = "Prints a script that lets the shell complete commands and options.",
    mixinStandardHelpOptions = true)
final class CompletionCommand implements Callable<Integer> {
  private static final String BASH = "bash";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "SHELL", description = "bash; zsh takes the same after bashcompinit")
  private String shell = "";

  private final Session session;

  CompletionCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() {
    if (!shell.equals(BASH)) {
      throw new ParameterException(
          spec.commandLine(), "there is no completion for " + shell + "; write bash");
    }
    CommandSpec top = spec.root();
    session.out().println(AutoComplete.bash(top.name(), top.commandLine()));
    return ExitCode.OK.status();
  }
}
