package org.salvusfs.daemon.vfs;

import java.io.IOException;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;

/** Runs operations and gives their failures errnos. */
record Calls(Errnos errnos) {
  interface Operation<T> {
    T run() throws IOException, FsException, InterruptedException;
  }

  interface Action {
    void run() throws IOException, FsException, InterruptedException;
  }

  /**
   * Runs an operation.
   *
   * @param name and {@code node}: for the log
   */
  <T> T call(String name, long node, Operation<T> operation) throws FsException {
    try {
      return operation.run();
    } catch (IOException e) {
      throw errnos.of(name, node, e);
    } catch (InterruptedException e) {
      // The request was interrupted, not the thread: the answer ends it.
      throw new FsException(Errno.EINTR);
    }
  }

  void act(String name, long node, Action action) throws FsException {
    this.<Boolean>call(
        name,
        node,
        () -> {
          action.run();
          return true;
        });
  }
}
