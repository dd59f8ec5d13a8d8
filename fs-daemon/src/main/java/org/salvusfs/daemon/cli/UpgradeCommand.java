package org.salvusfs.daemon.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.config.ConfigFile;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.control.DaemonFile;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "upgrade",
    description =
        "Replaces the running daemon by this version, in the background, without unmounting.")
final class UpgradeCommand implements Callable<Integer> {
  @Mixin private Common common = new Common();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "configuration of a daemon that was started with one (default: that of dev)")
  private @Nullable Path file;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "holds the passphrase that protects the cluster key")
  private @Nullable Path passphraseFile;

  @Option(names = Detached.SERVE, hidden = true)
  private boolean detached;

  private final Session session;

  UpgradeCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException, InterruptedException {
    if (file == null) {
      common.client(); // refuses if no daemon runs
    }
    var config = config();
    if (!detached) {
      ControlClient.of(Layout.of(config.data())).status(); // it must answer
      return new Detached(session, Layout.of(config.data())).start("upgrade", words());
    }
    var run = new DaemonRun(session, common.json());
    var daemon = session.successor().start(config, run::progress);
    announce(daemon, run);
    session.out().close(); // whoever waits for the start reads to the end
    run.untilStopped(daemon);
    return ExitCode.OK.status();
  }

  /** That of the file, with the mount that is there. */
  private DaemonConfig config() throws DaemonException {
    var config = ConfigFile.read(file == null ? common.layout().config() : file);
    if (passphraseFile != null) {
      config = config.withPassphraseFile(passphraseFile.toAbsolutePath().normalize());
    }
    var running = DaemonFile.read(Layout.of(config.data()));
    return running.isEmpty() ? config : config.withMount(Path.of(running.get().mount()));
  }

  private List<String> words() {
    var words = new ArrayList<String>();
    if (file != null) {
      words.add("--config=" + file.toAbsolutePath());
    }
    if (passphraseFile != null) {
      words.add("--passphrase-file=" + passphraseFile.toAbsolutePath());
    }
    if (common.json()) {
      words.add("--json");
    }
    return words;
  }

  private void announce(ManagedDaemon daemon, DaemonRun run) throws DaemonException {
    try {
      if (common.json()) {
        session.out().println(Json.pretty(daemon.status()));
      }
      run.progress("upgraded: process " + ProcessHandle.current().pid() + " serves the projects");
    } catch (DaemonException e) {
      daemon.close();
      throw e;
    }
  }
}
