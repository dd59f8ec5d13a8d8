package org.salvusfs.daemon.control;

import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;

/** The kinds of problems: those of {@link DaemonException} and those that only the wire has. */
public enum Refusal {
  CONFIGURATION(400, "The configuration cannot be used"),
  INVALID(400, "The request makes no sense"),
  UNAUTHORIZED(401, "No valid token"),
  FORBIDDEN(403, "The token is not good for this"),
  UNKNOWN_PATH(404, "There is nothing at this path"),
  UNKNOWN_PROJECT(404, "No such project"),
  UNKNOWN_SNAPSHOT(404, "No such snapshot"),
  UNKNOWN_JOB(404, "No such job"),
  UNKNOWN_TOKEN(404, "No such token"),
  WRONG_METHOD(405, "The path has no such method"),
  ALREADY_RUNNING(409, "A daemon runs already"),
  HELD(409, "Somebody needs it"),
  FULL(409, "There is no room left for it"),
  DIVERGED(409, "It is not what the request takes for granted"),
  NAME_TAKEN(409, "The name is taken"),
  CANCELLED(409, "It was cancelled"),
  TOO_LARGE(413, "The request is too large"),
  FAILED(500, "It was begun and failed"),
  OBSTRUCTED(500, "Something on the daemon's machine is in the way"),
  DEFECT(500, "A defect in SalvusFS"),
  NOT_RUNNING(503, "The daemon does not serve"),
  UNAVAILABLE(503, "The metadata store does not answer");

  private static final String PREFIX = "urn:salvusfs:problem:";

  private final int status;
  private final String title;

  Refusal(int status, String title) {
    this.status = status;
    this.title = title;
  }

  public int status() {
    return status;
  }

  /** Such as {@code urn:salvusfs:problem:name-taken}. */
  public String type() {
    return PREFIX + name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Problem problem(String detail) {
    return problem(detail, null);
  }

  /**
   * A problem of this kind.
   *
   * @param field what is wrong, if it is one thing
   */
  public Problem problem(String detail, @Nullable String field) {
    return new Problem(type(), title, status, detail, field);
  }

  /** The kind with that type, if this version knows it. */
  static Optional<Refusal> ofType(String type) {
    for (Refusal refusal : values()) {
      if (refusal.type().equals(type)) {
        return Optional.of(refusal);
      }
    }
    return Optional.empty();
  }

  public static Refusal of(DaemonException e) {
    return switch (e) {
      case DaemonException.Configuration c -> CONFIGURATION;
      case DaemonException.Obstructed o -> OBSTRUCTED;
      case DaemonException.AlreadyRunning a -> ALREADY_RUNNING;
      case DaemonException.NotRunning n -> NOT_RUNNING;
      case DaemonException.UnknownProject u -> UNKNOWN_PROJECT;
      case DaemonException.UnknownSnapshot u -> UNKNOWN_SNAPSHOT;
      case DaemonException.Held h -> HELD;
      case DaemonException.Full f -> FULL;
      case DaemonException.Diverged d -> DIVERGED;
      case DaemonException.NameTaken n -> NAME_TAKEN;
      case DaemonException.Invalid i -> INVALID;
      case DaemonException.Unavailable u -> UNAVAILABLE;
      case DaemonException.Failed f -> FAILED;
    };
  }

  /** The exception that the other end threw, or the nearest one. */
  DaemonException exception(String message) {
    return switch (this) {
      case CONFIGURATION -> new DaemonException.Configuration(message);
      case INVALID, TOO_LARGE, UNKNOWN_TOKEN -> new DaemonException.Invalid(message);
      case UNAUTHORIZED, FORBIDDEN, OBSTRUCTED -> new DaemonException.Obstructed(message);
      case UNKNOWN_PROJECT -> new DaemonException.UnknownProject(message);
      case ALREADY_RUNNING -> new DaemonException.AlreadyRunning(message);
      case UNKNOWN_SNAPSHOT -> new DaemonException.UnknownSnapshot(message);
      case HELD -> new DaemonException.Held(message);
      case FULL -> new DaemonException.Full(message);
      case DIVERGED -> new DaemonException.Diverged(message);
      case NAME_TAKEN -> new DaemonException.NameTaken(message);
      case FAILED, DEFECT, CANCELLED, UNKNOWN_PATH, UNKNOWN_JOB, WRONG_METHOD ->
          new DaemonException.Failed(message);
      case NOT_RUNNING -> new DaemonException.NotRunning(message);
      case UNAVAILABLE -> new DaemonException.Unavailable(message);
    };
  }
}
