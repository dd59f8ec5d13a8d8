package org.salvusfs.metadata.api;

import java.util.List;

/**
 * What makes fsync durable between two commits: an append-only sequence of records, each atomic.
 * {@link #append} is called by one thread at a time; the other methods from any thread.
 */
public interface IntentLog extends AutoCloseable {
  /**
   * A record as it was appended.
   *
   * @param txg highest txg with a change in it
   * @param payload plaintext
   */
  record Entry(long txg, byte[] payload) {}

  /**
   * Durable on return, after all earlier records. On an exception the record may or may not come
   * back in {@link #recover}.
   *
   * @param txg the highest group with a change in the record; when that group was committed
   *     meanwhile, the record is superfluous but harmless
   * @throws MetadataException.Fenced if another holds the project; the record is not there then
   */
  void append(long txg, byte[] payload) throws MetadataException;

  /** Forgets every record whose txg is at most {@code committedTxg}. */
  void retire(long committedTxg) throws MetadataException;

  /**
   * Records above {@code committedTxg} left by earlier holders, in the order of their appending, up
   * to the first torn one. Called once, before the first append.
   */
  List<Entry> recover(long committedTxg) throws MetadataException;

  /**
   * Records above {@code committedTxg} as they lie there, whoever wrote them; more than a recovery
   * would bring back, never less. Changes nothing, and may be called while another opening of the
   * same log works: what is retired meanwhile may be missing.
   */
  List<Entry> peek(long committedTxg) throws MetadataException;

  @Override
  void close() throws MetadataException;
}
