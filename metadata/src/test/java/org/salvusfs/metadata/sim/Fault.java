package org.salvusfs.metadata.sim;

/** What goes wrong with one operation. In each case its caller sees {@code Unavailable}. */
public enum Fault {
  /** The request is lost: nothing happens. */
  FAIL,
  /** Only the answer is lost: the change is there. */
  APPLY_THEN_FAIL,
  /**
   * The request is delayed: the change happens right before the next operation, if it still may.
   */
  APPLY_LATER,
  /** Every other part of the change is there. The same as FAIL for what is atomic. */
  APPLY_HALF
}
