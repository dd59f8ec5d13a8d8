package org.salvusfs.daemon.management;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Says that it saved, and brings back what was said to be saved. */
final class FakeBackups implements ManagedBackups {
  private final Supplier<List<String>> failures;

  /**
   * @param failures what could not be saved
   */
  FakeBackups(Supplier<List<String>> failures) {
    this.failures = failures;
  }

  @Override
  public BackupReport backup(
      TargetName target, List<String> projects, Optional<KeyCopy> key, CheckProgress progress)
      throws DaemonException {
    requireUsable(target);
    progress.at(500, 2000);
    boolean hasKey = key.orElse(KeyCopy.INCLUDE) == KeyCopy.INCLUDE;
    int count = projects.isEmpty() ? 2 : projects.size();
    return new BackupReport(
        target.toString(),
        "manifest-00000001.smf",
        count,
        7,
        100,
        4_000_000,
        hasKey,
        failures.get());
  }

  @Override
  public RestoreReport restore(TargetName target, CheckProgress progress) throws DaemonException {
    requireUsable(target);
    progress.at(500, 2000);
    return new RestoreReport(
        target.toString(), "manifest-00000001.smf", "2026-11-20T12:00:00Z", 2, 7, 100, 4_000_000);
  }

  private static void requireUsable(TargetName target) throws DaemonException {
    if (target.toString().endsWith("/full")) {
      throw new DaemonException.Obstructed("the target " + target + " is full");
    }
  }
}
