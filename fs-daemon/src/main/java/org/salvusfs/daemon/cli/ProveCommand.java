package org.salvusfs.daemon.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "prove",
    description = "Runs the proofs of the promises (docs/promises.md), or of one of them.")
final class ProveCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Parameters(arity = "0..1", paramLabel = "ROW", description = "number of a promise")
  private int row;

  @Option(names = "--full", description = "at full length: takes hours")
  private boolean full;

  private final Session session;

  ProveCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException, InterruptedException {
    var arguments = new ArrayList<>(List.of("verify", "-Dsurefire.failIfNoSpecifiedTests=false"));
    arguments.add("-Dgroups=" + (row == 0 ? "promise" : "promise-" + row));
    if (full) {
      arguments.add("-Dtest.excludedGroups=");
      arguments.add("-Dsalvus.full=true");
    }
    return new MavenTests(session, common.json()).run(arguments).status();
  }
}
