package org.salvusfs.daemon.api;

import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Scope;

/**
 * What a token is good for.
 *
 * @param project id of the only project; null: all of them, and the daemon
 */
record Grant(Scope scope, @Nullable String project) {
  /** Of requests that need no token. */
  static final Grant NOBODY = new Grant(Scope.READ, null);

  /** Whether something about a project, or about the whole installation, may be asked for. */
  boolean covers(@Nullable String projectId) {
    return project == null || project.equals(projectId);
  }
}
