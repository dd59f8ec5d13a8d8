package org.salvusfs.daemon.cli;

import java.util.concurrent.Callable;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    description = "Shows the running daemon, its projects and its operations.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();
  private final Session session;

  StatusCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException {
    var status = common.client().status();
    session.say(status, common.json(), StatusText.of(status));
    return ExitCode.OK.status();
  }
}
