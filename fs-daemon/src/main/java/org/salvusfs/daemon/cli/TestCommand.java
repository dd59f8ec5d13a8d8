package org.salvusfs.daemon.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(name = "test", description = "Builds everything and runs its tests.")
final class TestCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Option(names = "--quick", description = "leave out what needs Cassandra, a mount or minutes")
  private boolean quick;

  private final Session session;

  TestCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException, InterruptedException {
    var arguments =
        quick
            ? List.of(
                "verify",
                "-Dtest=*Test",
                "-Dsurefire.failIfNoSpecifiedTests=false",
                "-Dtest.excludedGroups=long,mount")
            : List.of("verify");
    return new MavenTests(session, common.json()).run(arguments).status();
  }
}
