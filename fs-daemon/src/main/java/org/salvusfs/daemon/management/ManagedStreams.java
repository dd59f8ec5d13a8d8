package org.salvusfs.daemon.management;

import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.salvusfs.blockstore.api.ClusterKey;

/** Snapshots on their way between projects. Thread-safe; methods block on the stores. */
public interface ManagedStreams {
  /**
   * Writes a snapshot, or what changed since another one, in a form that {@link #receive} takes.
   * The same snapshots give the same bytes under the same key, so that one that was broken off can
   * go on where it ended. Nothing is written before it is clear that it can begin.
   *
   * @param key empty: the cluster's, so that the stream can be received in this cluster
   * @param out gets the stream, or, if this throws, a part of it; is not closed
   * @throws DaemonException.UnknownProject if there is no such project
   * @throws DaemonException.UnknownSnapshot if it has no such snapshot
   * @throws DaemonException.Invalid if nothing is left that was not to be skipped, or both
   *     snapshots are one
   * @throws DaemonException.Failed if something in it cannot be read, or {@code out} fails
   */
  StreamReport export(StreamWish wish, Optional<ClusterKey> key, OutputStream out)
      throws DaemonException;

  /**
   * Makes a project of a stream that has everything, or moves one forward by what changed. Durable
   * on return. Whatever ends it, the project is there, or has moved, with all that the stream
   * brings, or nothing has happened; repeated, it stores no contents again that came before.
   *
   * @param name of the project; empty: as it was called where the stream comes from
   * @param key that the stream was exported with; empty: the cluster's
   * @param in is read to the stream's end, unless this throws; is not closed
   * @throws DaemonException.Invalid if the stream is damaged or cut or none, or under another key
   * @throws DaemonException.NameTaken if the project that it would make is there, or the snapshot
   *     in the project that it would move
   * @throws DaemonException.UnknownProject if the project that it would move is not there
   * @throws DaemonException.Diverged if that project is not at the snapshot where the stream begins
   * @throws DaemonException.Full if that project may not grow so large
   * @throws DaemonException.Held if another stream is being received into the project
   */
  ReceiveReport receive(Optional<String> name, Optional<ClusterKey> key, InputStream in)
      throws DaemonException;
}
