package org.salvusfs.daemon.fuse.jnr;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The names under which libfuse2 knows open files whose real names are gone. They are in no
 * directory; each stands for its node until the node is closed. Thread-safe.
 */
final class HiddenFiles {
  private final Map<PathNodes.Place, Long> nodes = new ConcurrentHashMap<>();

  /** The node behind a name; null if it is no such name. */
  @Nullable Long find(PathNodes.Place place) {
    return nodes.isEmpty() ? null : nodes.get(place);
  }

  void hide(long node, PathNodes.Place place) {
    nodes.put(place, node);
  }

  /** The name is not in use after all. */
  void show(PathNodes.Place place) {
    nodes.remove(place);
  }

  /** The node was closed by its last user. */
  void closed(long node) {
    if (!nodes.isEmpty()) {
      nodes.values().removeIf(hidden -> hidden == node);
    }
  }
}
