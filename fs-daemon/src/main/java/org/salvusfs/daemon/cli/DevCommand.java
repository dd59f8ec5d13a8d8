package org.salvusfs.daemon.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.config.ConfigFile;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.datadir.SmallFile;
import org.salvusfs.daemon.fuse.FuseChoice;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "dev",
    description =
        "Runs everything on this machine: Cassandra, the daemon, a mount, a first project.")
final class DevCommand implements Callable<Integer> {
  private static final String FIRST_PROJECT = "demo";

  @Mixin private Common common = new Common();

  @Option(
      names = "--mount",
      paramLabel = "DIR",
      description = "where the projects appear (default: as the last time, at first ./projects)")
  private @Nullable Path mount;

  @Option(
      names = "--fuse",
      paramLabel = "auto|kernel|jnr",
      converter = ChoiceConverter.class,
      description = "who serves the mount (default: fuse.binding of the configuration, else auto)")
  private @Nullable FuseChoice fuse;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "holds the passphrase that protects the cluster key")
  private @Nullable Path passphraseFile;

  @Option(names = "--detach", description = "return when all is ready; ./salvus stop ends it")
  private boolean detach;

  @Option(names = Detached.SERVE, hidden = true)
  private boolean detached;

  /** Reads the words of {@code --fuse}. */
  static final class ChoiceConverter implements ITypeConverter<FuseChoice> {
    @Override
    public FuseChoice convert(String word) {
      try {
        return FuseChoice.of(word);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(FuseChoice.EXPECTED);
      }
    }
  }

  private final Session session;

  DevCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws DaemonException, InterruptedException {
    var text = configText();
    var config = config(text);
    if (detach) {
      return new Detached(session, common.layout()).start("dev", words(config));
    }
    var run = new DaemonRun(session, common.json());
    var daemon = session.starter().start(config, run::progress);
    try {
      boolean isRestoring = Files.exists(common.layout().restoring());
      if (!isRestoring && daemon.projects().isEmpty() && daemon.trash().list().isEmpty()) {
        daemon.createProject(FIRST_PROJECT, Optional.empty(), Optional.empty());
      }
      remember(text);
      announce(config, daemon);
    } catch (DaemonException e) {
      daemon.close();
      throw e;
    }
    if (detached) {
      session.out().close(); // whoever waits for the start reads to the end
    }
    run.untilStopped(daemon);
    return ExitCode.OK.status();
  }

  private List<String> words(DaemonConfig config) {
    var words = new ArrayList<String>();
    words.add("--mount=" + config.mount());
    words.add("--fuse=" + config.fuse().choice().word());
    config.passphraseFile().ifPresent(path -> words.add("--passphrase-file=" + path));
    if (common.json()) {
      words.add("--json");
    }
    return words;
  }

  /** The configuration of the last start, or a new one. */
  private String configText() throws DaemonException {
    var file = common.layout().config();
    if (Files.exists(file)) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new DaemonException.Configuration(file + ": cannot be read (" + e + ")");
      }
    }
    var first = mount == null ? Path.of("projects") : mount;
    var protection =
        passphraseFile == null ? "" : "passphrase-file: " + quoted(passphraseFile) + "\n";
    return """
        # Written by the first ./salvus dev; docs/operations/configuration.md describes every key.
        data: .
        mount: %s
        cassandra:
          local: yes
        %s"""
        .formatted(quoted(first), protection);
  }

  private static String quoted(Path path) {
    var text = path.toAbsolutePath().normalize().toString();
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private DaemonConfig config(String text) throws DaemonException {
    var config = ConfigFile.parse(text, common.layout().config());
    if (mount != null) {
      config = config.withMount(mount.toAbsolutePath().normalize());
    }
    if (fuse != null) {
      config = config.withFuse(fuse);
    }
    if (passphraseFile != null) {
      config = config.withPassphraseFile(passphraseFile.toAbsolutePath().normalize());
    }
    return config;
  }

  private void remember(String text) throws DaemonException {
    var file = common.layout().config();
    if (!Files.exists(file)) {
      try {
        SmallFile.write(file, text);
      } catch (IOException e) {
        throw new DaemonException.Failed(file + " cannot be written (" + e + ")", e);
      }
    }
  }

  private void announce(DaemonConfig config, ManagedDaemon daemon) throws DaemonException {
    var out = session.out();
    if (common.json()) {
      out.println(Json.pretty(daemon.status()));
      out.flush();
      return;
    }
    var projects = daemon.projects();
    var first =
        projects.isEmpty()
            ? "./salvus project create NAME%s        makes a project".formatted(common.dataWords())
            : "cd %s        work in it, with any program"
                .formatted(config.mount().resolve(projects.getFirst().name()));
    out.printf(
        """

        SalvusFS is ready. Each directory in %s is a project.

          %s
          ./salvus status%s        see what goes on
          ./salvus stop%s          unmount and stop%s

        """,
        config.mount(),
        first,
        common.dataWords(),
        common.dataWords(),
        detached ? "" : "; so does Ctrl-C");
    out.flush();
  }
}
