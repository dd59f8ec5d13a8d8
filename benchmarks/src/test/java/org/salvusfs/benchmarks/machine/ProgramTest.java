package org.salvusfs.benchmarks.machine;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.DaemonException;

final class ProgramTest {
  @Test
  void require_missing_saysHowToInstallEachPackageOnce(@TempDir Path empty) {
    var programs = List.of(Program.RSYNC, Program.DD, Program.CP, Program.RSYNC);
    var e =
        assertThrows(
            DaemonException.Obstructed.class, () -> Program.require(programs, empty.toString()));
    assertEquals(
        "cp, dd, rsync missing; install with: apt-get install coreutils rsync", e.getMessage());
  }

  @Test
  void require_anywhereOnThePath_isEnough(@TempDir Path directory) throws Exception {
    Files.createFile(
        directory.resolve("fio"),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    assertDoesNotThrow(() -> Program.require(List.of(Program.FIO), "/nowhere:" + directory));
  }
}
