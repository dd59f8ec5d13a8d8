package org.salvusfs.daemon.cli;

import org.salvusfs.daemon.management.DaemonException;

/** What a command's exit status means. Documented in {@code docs/operations/commands.md}. */
enum ExitCode {
  OK(0),
  /** The command ran and the answer is no: a check found damage, a test failed. */
  NEGATIVE(1),
  /** Unknown option, missing argument, bad configuration file, impossible name. */
  USAGE(2),
  /** Something on this machine is in the way. */
  OBSTRUCTED(3),
  NOT_RUNNING(4),
  ALREADY_RUNNING(5),
  /** No such project, or no such snapshot of it. */
  UNKNOWN(6),
  NAME_TAKEN(7),
  /** Cassandra does not answer. */
  UNAVAILABLE(8),
  /** The daemon began and failed. */
  FAILED(9),
  /** Somebody needs what was to be deleted. */
  HELD(10),
  /** There is no room left for it. */
  FULL(11),
  /** Something is not, or not any more, what the command takes for granted. */
  DIVERGED(12),
  /** A defect in SalvusFS. */
  DEFECT(70);

  private final int status;

  ExitCode(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  static ExitCode of(DaemonException e) {
    return switch (e) {
      case DaemonException.Configuration c -> USAGE;
      case DaemonException.Invalid i -> USAGE;
      case DaemonException.Obstructed o -> OBSTRUCTED;
      case DaemonException.NotRunning n -> NOT_RUNNING;
      case DaemonException.AlreadyRunning a -> ALREADY_RUNNING;
      case DaemonException.UnknownProject u -> UNKNOWN;
      case DaemonException.UnknownSnapshot u -> UNKNOWN;
      case DaemonException.Held h -> HELD;
      case DaemonException.Full f -> FULL;
      case DaemonException.Diverged d -> DIVERGED;
      case DaemonException.NameTaken n -> NAME_TAKEN;
      case DaemonException.Unavailable u -> UNAVAILABLE;
      case DaemonException.Failed f -> FAILED;
    };
  }
}
