package org.salvusfs.daemon.cli;

import org.salvusfs.daemon.management.DaemonException;

/**
 * What {@code P[@S]:PATH} names.
 *
 * @param path from the project's top; empty: the top
 */
record NamedPath(NamedState state, String path) {
  /** Reads what stands before the first colon, and behind it. */
  static NamedPath of(String word) throws DaemonException.Invalid {
    int colon = word.indexOf(':');
    if (colon < 1) {
      throw new DaemonException.Invalid(
          "\"%s\" names no project: write P:PATH, with the path from the project's top"
              .formatted(word));
    }
    return new NamedPath(NamedState.of(word.substring(0, colon)), word.substring(colon + 1));
  }
}
