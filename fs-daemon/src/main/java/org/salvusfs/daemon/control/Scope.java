package org.salvusfs.daemon.control;

import java.util.Locale;
import java.util.Optional;

/** What a token is good for; each scope includes those before it. */
public enum Scope {
  /** Looking at things. */
  READ,
  /** Making and changing them: projects, snapshots, clones, limits, checks, commits, rollbacks. */
  OPERATE,
  /** Deleting, tokens, and ending the daemon. */
  ADMIN;

  /** In documents and on the command line. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  public boolean includes(Scope other) {
    return compareTo(other) >= 0;
  }

  /** The scope of that word, if there is one. */
  public static Optional<Scope> of(String word) {
    for (Scope scope : values()) {
      if (scope.word().equals(word)) {
        return Optional.of(scope);
      }
    }
    return Optional.empty();
  }
}
