package org.salvusfs.daemon.api;

import java.io.Serial;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Problem;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.management.DaemonException;

/** A request that is refused before the daemon hears of it. */
final class ProblemException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final transient Problem problem;

  ProblemException(Refusal refusal, String detail) {
    this(refusal.problem(detail));
  }

  private ProblemException(Problem problem) {
    super(problem.detail());
    this.problem = problem;
  }

  /**
   * A request that makes no sense.
   *
   * @param field what is wrong; null: all of it
   */
  static ProblemException invalid(@Nullable String field, String detail) {
    return new ProblemException(Refusal.INVALID.problem(detail, field));
  }

  Problem problem() {
    return problem;
  }

  /** What the daemon's refusal is to a client. */
  static Problem of(DaemonException e) {
    return Refusal.of(e).problem(String.valueOf(e.getMessage()));
  }

  /** What a defect is to a client. */
  static Problem defect(RuntimeException e) {
    return Refusal.DEFECT.problem("the daemon met a defect (" + e + "); its log has more");
  }
}
