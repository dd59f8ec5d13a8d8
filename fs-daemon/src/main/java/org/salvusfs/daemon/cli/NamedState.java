package org.salvusfs.daemon.cli;

import java.util.Optional;

/**
 * What {@code P[@S]} names.
 *
 * @param project id or name
 * @param snapshot empty: the project as it is
 */
record NamedState(String project, Optional<String> snapshot) {
  static NamedState of(String word) {
    int at = word.lastIndexOf('@');
    return at < 0
        ? new NamedState(word, Optional.empty())
        : new NamedState(word.substring(0, at), Optional.of(word.substring(at + 1)));
  }
}
