package org.salvusfs.daemon.vfs;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.ProjectId;

/**
 * What the kernel knows of a mount by number.
 *
 * @param trees what is open, by rising ordinals
 */
public record MountState(Top top, List<Tree> trees) {
  public MountState {
    trees = List.copyOf(trees);
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

  /** What is below the top directory; the ordinal is in the nodes. */
  public sealed interface Tree {
    int ordinal();
  }

  /**
   * A project.
   *
   * @param snapshots what the kernel uses of its {@code .snapshots}
   */
  public record Live(int ordinal, ProjectState project, ProjectState snapshots) implements Tree {}

  /**
   * What a link shows.
   *
   * @param at the directory that is the link
   * @param told the commit of the source that the kernel knows; null: there is none
   * @param known with the project that has the link
   */
  public record Linked(int ordinal, long at, @Nullable BlockId told, ProjectState known)
      implements Tree {}

  /**
   * A directory as of a snapshot.
   *
   * @param created tells the project's snapshots apart
   * @param top the directory
   */
  public record Past(int ordinal, Instant created, long top, ProjectState known) implements Tree {}
}
