package org.salvusfs.benchmarks.snapshots;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.salvusfs.benchmarks.machine.FileTree;
import org.salvusfs.benchmarks.machine.KernelCaches;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.machine.Shell;

/**
 * A program that keeps versions in a repository, with its defaults; those that can encrypt do. Its
 * caches lie beside the repository and do not count.
 */
final class Archiver implements Keeper {
  /** The programs, and how they are told; lines find {@code $repository} and {@code $version}. */
  enum Kind {
    BUP(
        Program.BUP,
        "bup init",
        "bup index -u . && bup save -q -n $version --strip .",
        "bup restore -q -C . /$version/latest/."),
    RESTIC(
        Program.RESTIC,
        "restic init -q",
        "restic backup -q --tag $version .",
        "restic restore -q --tag $version --target . latest"),
    BORG(
        Program.BORG,
        "borg init -e repokey-blake2 $repository",
        "borg create $repository::$version .",
        "borg extract $repository::$version");

    private final Program program;
    private final String init;
    private final String save;
    private final String restore;

    Kind(Program program, String init, String save, String restore) {
      this.program = program;
      this.init = init;
      this.save = save;
      this.restore = restore;
    }

    Program program() {
      return program;
    }
  }

  private final Kind kind;
  private final Path home;

  /**
   * A repository of its own.
   *
   * @param home where it will be; is not there
   */
  Archiver(Kind kind, Path home) {
    this.kind = kind;
    this.home = home;
  }

  @Override
  public String label() {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void open() throws IOException, InterruptedException {
    Files.createDirectories(home);
    tell(home, "none", kind.init);
  }

  @Override
  public void prepare(Path tree) {
    // Everything it does is part of keeping.
  }

  @Override
  public void save(Path tree, String version) throws IOException, InterruptedException {
    tell(tree, version, kind.save);
    KernelCaches.sync(home);
  }

  @Override
  public long storedBytes() throws IOException {
    return FileTree.bytes(repository());
  }

  @Override
  public void restore(Path tree, String version, Path target)
      throws IOException, InterruptedException {
    tell(target, version, kind.restore);
  }

  @Override
  public void close() {
    // Nothing of it runs.
  }

  private Path repository() {
    return home.resolve("repository");
  }

  private void tell(Path directory, String version, String line)
      throws IOException, InterruptedException {
    Shell.line(
        directory,
        """
        repository='%s' version=%s
        export BUP_DIR=$repository
        export RESTIC_REPOSITORY=$repository RESTIC_PASSWORD=bench RESTIC_CACHE_DIR='%s'
        export BORG_PASSPHRASE=bench BORG_BASE_DIR='%s'
        %s
        """
            .formatted(repository(), version, home.resolve("cache"), home.resolve("base"), line));
  }
}
