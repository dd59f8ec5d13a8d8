package org.salvusfs.daemon.vfs;

import java.util.List;
import java.util.Map;
import org.salvusfs.metadata.api.ProjectId;

/**
 * What the kernel knows of a mount by number.
 *
 * @param projects those that are open, in the order of their ordinals, which are in the nodes
 */
public record MountState(Top top, List<ProjectState> projects) {
  public MountState {
    projects = List.copyOf(projects);
  }

  /**
   * The top directory.
   *
   * @param timeNanos all of its times, since 1970
   * @param lastHandle no smaller one is given out again
   * @param open what each open handle lists
   */
  public record Top(long timeNanos, long lastHandle, Map<Long, List<Listed>> open) {
    public Top {
      open = Map.copyOf(open);
    }
  }

  /** A project in a listing. */
  public record Listed(ProjectId id, String name) {}
}
