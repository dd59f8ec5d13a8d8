package org.salvusfs.daemon.management;

import java.io.Serial;

/**
 * The daemon could not start or do what it was asked. The message is one sentence for the person
 * who asked; it names the thing and what to do. Nothing was changed unless a subtype says so.
 */
public abstract sealed class DaemonException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private DaemonException(String message) {
    super(message);
  }

  private DaemonException(String message, Throwable cause) {
    super(message, cause);
  }

  /** The configuration cannot be used; the message begins with file and line. */
  public static final class Configuration extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public Configuration(String message) {
      super(message);
    }
  }

  /** Something on this machine is in the way: a mount point, a port, a permission, a key. */
  public static final class Obstructed extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public Obstructed(String message) {
      super(message);
    }

    public Obstructed(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** A daemon serves this data directory already. */
  public static final class AlreadyRunning extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public AlreadyRunning(String message) {
      super(message);
    }
  }

  /** No daemon serves this data directory. */
  public static final class NotRunning extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public NotRunning(String message) {
      super(message);
    }
  }

  /** There is no project of that id or name. */
  public static final class UnknownProject extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public UnknownProject(String message) {
      super(message);
    }
  }

  /** The project has no snapshot of that name. */
  public static final class UnknownSnapshot extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public UnknownSnapshot(String message) {
      super(message);
    }
  }

  /** Somebody needs what was to be deleted. */
  public static final class Held extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public Held(String message) {
      super(message);
    }
  }

  /** There is no room left for it. */
  public static final class Full extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public Full(String message) {
      super(message);
    }
  }

  /** Something is not, or not any more, what the request takes for granted. */
  public static final class Diverged extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public Diverged(String message) {
      super(message);
    }
  }

  /** Another project or snapshot has the name. */
  public static final class NameTaken extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public NameTaken(String message) {
      super(message);
    }
  }

  /** What was asked makes no sense: a bad name, a bad token. */
  public static final class Invalid extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public Invalid(String message) {
      super(message);
    }
  }

  /** Cassandra does not answer; try again. */
  public static final class Unavailable extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public Unavailable(String message) {
      super(message);
    }

    public Unavailable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** It was begun and failed; the log tells more. */
  public static final class Failed extends DaemonException {
    @Serial private static final long serialVersionUID = 1;

    public Failed(String message) {
      super(message);
    }

    public Failed(String message, Throwable cause) {
      super(message, cause);
    }
  }
}
