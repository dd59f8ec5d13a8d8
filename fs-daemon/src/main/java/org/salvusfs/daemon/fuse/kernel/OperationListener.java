package org.salvusfs.daemon.fuse.kernel;

/** Is told about every operation, for metrics. Called by serving threads: must not block. */
public interface OperationListener {
  /** Listens to nothing. */
  OperationListener NONE = (operation, nanos, errno) -> {};

  /**
   * An operation has been performed. Told before the reply is sent, so that whoever has its answer
   * finds it counted.
   *
   * @param operation the protocol's name in capitals, as {@code LOOKUP}
   * @param nanos from the arrival of the request until the reply was ready
   * @param errno 0 or the positive error number
   */
  void completed(String operation, long nanos, int errno);

  /** An operation failed with an unexpected exception and was answered with EIO: a defect. */
  default void defect(String operation, Throwable cause) {}
}
