package org.salvusfs.daemon.control;

import org.salvusfs.daemon.management.DaemonException;

/** The kinds of {@link DaemonException} on the wire, with the HTTP status that goes with each. */
enum Refusal {
  CONFIGURATION(400),
  INVALID(400),
  UNAUTHORIZED(401),
  UNKNOWN_PROJECT(404),
  UNKNOWN_SNAPSHOT(404),
  ALREADY_RUNNING(409),
  HELD(409),
  NAME_TAKEN(409),
  FAILED(500),
  OBSTRUCTED(500),
  NOT_RUNNING(503),
  UNAVAILABLE(503);

  private final int status;

  Refusal(int status) {
    this.status = status;
  }

  int status() {
    return status;
  }

  static Refusal of(DaemonException e) {
    return switch (e) {
      case DaemonException.Configuration c -> CONFIGURATION;
      case DaemonException.Obstructed o -> OBSTRUCTED;
      case DaemonException.AlreadyRunning a -> ALREADY_RUNNING;
      case DaemonException.NotRunning n -> NOT_RUNNING;
      case DaemonException.UnknownProject u -> UNKNOWN_PROJECT;
      case DaemonException.UnknownSnapshot u -> UNKNOWN_SNAPSHOT;
      case DaemonException.Held h -> HELD;
      case DaemonException.NameTaken n -> NAME_TAKEN;
      case DaemonException.Invalid i -> INVALID;
      case DaemonException.Unavailable u -> UNAVAILABLE;
      case DaemonException.Failed f -> FAILED;
    };
  }

  /** The exception that the other end threw. */
  DaemonException exception(String message) {
    return switch (this) {
      case CONFIGURATION -> new DaemonException.Configuration(message);
      case INVALID -> new DaemonException.Invalid(message);
      case UNAUTHORIZED, OBSTRUCTED -> new DaemonException.Obstructed(message);
      case UNKNOWN_PROJECT -> new DaemonException.UnknownProject(message);
      case ALREADY_RUNNING -> new DaemonException.AlreadyRunning(message);
      case UNKNOWN_SNAPSHOT -> new DaemonException.UnknownSnapshot(message);
      case HELD -> new DaemonException.Held(message);
      case NAME_TAKEN -> new DaemonException.NameTaken(message);
      case FAILED -> new DaemonException.Failed(message);
      case NOT_RUNNING -> new DaemonException.NotRunning(message);
      case UNAVAILABLE -> new DaemonException.Unavailable(message);
    };
  }
}
