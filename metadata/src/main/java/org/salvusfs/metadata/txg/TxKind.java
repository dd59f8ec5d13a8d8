package org.salvusfs.metadata.txg;

/** What an operation changes, and so whether it is noted for the intent log. */
public enum TxKind {
  /** Names, attributes, links: noted in order, carried by the next log record. */
  NAMESPACE,
  /** Contents, size and times of one file: logged by that file's own fsync only. */
  DATA
}
