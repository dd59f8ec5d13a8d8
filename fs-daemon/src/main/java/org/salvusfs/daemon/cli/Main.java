package org.salvusfs.daemon.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.wiring.DaemonStart;
import org.salvusfs.daemon.wiring.Foreground;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/** The entry of the {@code salvus} command. */
@Command(
    name = "salvus",
    description = "Keeps the home directories of projects.",
    version = "SalvusFS 0.1.0-SNAPSHOT",
    footer = {"", "docs/operations/commands.md describes each command and exit code."})
public final class Main extends Group {
  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    var session =
        new Session(
            System.in,
            System.out,
            System.err,
            Boolean.getBoolean("salvus.terminal"),
            Path.of(System.getProperty("salvus.root", ".")).toAbsolutePath(),
            DaemonStart::start,
            DaemonStart::takeOver,
            Foreground::nanoTime,
            Foreground.random());
    System.exit(Foreground.run(() -> run(session, args)));
  }

  static int run(Session session, String... args) {
    var project =
        new CommandLine(new ProjectCommand())
            .addSubcommand(new ProjectCommand.Create(session))
            .addSubcommand(new ProjectCommand.All(session))
            .addSubcommand(new ProjectCommand.Show(session))
            .addSubcommand(new ProjectCommand.Clone(session))
            .addSubcommand(new SetCommand(session))
            .addSubcommand(new LinkCommands.Link(session))
            .addSubcommand(new LinkCommands.All(session))
            .addSubcommand(new LinkCommands.Unlink(session))
            .addSubcommand(new TrashCommands.Delete(session))
            .addSubcommand(new TrashCommands.Undelete(session))
            .addSubcommand(new TrashCommands.Purge(session));
    return new CommandLine(new Main())
        .addSubcommand(new DevCommand(session))
        .addSubcommand(new StopCommand(session))
        .addSubcommand(new DaemonCommand(session))
        .addSubcommand(new UpgradeCommand(session))
        .addSubcommand(new StatusCommand(session))
        .addSubcommand(project)
        .addSubcommand(SnapshotCommand.commandLine(session))
        .addSubcommand(GcCommand.commandLine(session))
        .addSubcommand(new BillCommand(session))
        .addSubcommand(ScrubCommand.commandLine(session))
        .addSubcommand(new EventsCommand(session))
        .addSubcommand(TokenCommand.commandLine(session))
        .addSubcommand(new CheckCommand(session))
        .addSubcommand(new CpCommand(session))
        .addSubcommand(new ImportCommand(session))
        .addSubcommand(new ExportCommand(session))
        .addSubcommand(new ReceiveCommand(session))
        .addSubcommand(new BackupCommand(session))
        .addSubcommand(new RestoreCommand(session))
        .addSubcommand(new TestCommand(session))
        .addSubcommand(new ProveCommand(session))
        .addSubcommand(BenchCommand.commandLine())
        .addSubcommand(new CompletionCommand(session))
        .addSubcommand(new CommandLine.HelpCommand())
        .setOut(new PrintWriter(session.out(), true, StandardCharsets.UTF_8))
        .setParameterExceptionHandler((e, words) -> usage(session.err(), e))
        .setExecutionExceptionHandler((e, command, words) -> failed(session.err(), e))
        .execute(args);
  }

  private static int usage(PrintStream err, ParameterException e) {
    err.println("salvus: " + e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, err);
    err.println("See: ./salvus help " + helpWords(e.getCommandLine()));
    return ExitCode.USAGE.status();
  }

  /** The command right below {@code salvus}: its help leads to those below. */
  private static String helpWords(CommandLine command) {
    CommandLine parent = command.getParent();
    if (parent == null) {
      return "";
    }
    return parent.getParent() == null ? command.getCommandName() : helpWords(parent);
  }

  private static int failed(PrintStream err, Exception e) {
    return switch (e) {
      case DaemonException refused -> {
        err.println("salvus: " + refused.getMessage());
        yield ExitCode.of(refused).status();
      }
      case InterruptedException stopped -> {
        err.println("salvus: stopped before it was done");
        yield ExitCode.FAILED.status();
      }
      default -> {
        err.println("salvus: this is a defect in SalvusFS, please report it:");
        e.printStackTrace(err);
        yield ExitCode.DEFECT.status();
      }
    };
  }
}
