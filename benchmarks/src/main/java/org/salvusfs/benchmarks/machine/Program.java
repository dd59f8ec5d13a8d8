package org.salvusfs.benchmarks.machine;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.salvusfs.daemon.management.DaemonException;

/** A program that benchmarks run. */
public enum Program {
  CP("cp", "coreutils"),
  DD("dd", "coreutils"),
  LS("ls", "coreutils"),
  STAT("stat", "coreutils"),
  SYNC("sync", "coreutils"),
  TAR("tar", "tar"),
  FIND("find", "findutils"),
  RM("rm", "coreutils"),
  GIT("git", "git"),
  FIO("fio", "fio"),
  SQLITE("sqlite3", "sqlite3"),
  RSYNC("rsync", "rsync"),
  GCC("gcc", "gcc"),
  PKG_CONFIG("pkg-config", "pkg-config"),
  BUP("bup", "bup"),
  RESTIC("restic", "restic"),
  BORG("borg", "borgbackup"),
  DIFF("diff", "diffutils"),
  MKFS("mkfs.ext4", "e2fsprogs"),
  MOUNT("mount", "mount"),
  UMOUNT("umount", "mount");

  private final String command;
  private final String debianPackage;

  Program(String command, String debianPackage) {
    this.command = command;
    this.debianPackage = debianPackage;
  }

  /**
   * Makes sure that programs are there.
   *
   * @param path the directories to look in, as in {@code $PATH}
   * @throws DaemonException.Obstructed if one is missing: says which, and how to install it
   */
  public static void require(Collection<Program> programs, String path) throws DaemonException {
    List<Program> missing =
        programs.stream().distinct().sorted().filter(program -> !program.isIn(path)).toList();
    if (!missing.isEmpty()) {
      String packages =
          missing.stream().map(p -> p.debianPackage).distinct().collect(Collectors.joining(" "));
      throw new DaemonException.Obstructed(
          "%s missing; install with: apt-get install %s"
              .formatted(
                  missing.stream().map(p -> p.command).collect(Collectors.joining(", ")),
                  packages));
    }
  }

  /** Brings the program itself into memory, where the kernel had to forget it with all else. */
  public void load() throws IOException, InterruptedException {
    Shell.run(Path.of("/"), command, "--version");
  }

  private boolean isIn(String path) {
    return Stream.of(path.split(File.pathSeparator, -1))
        .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
  }
}
