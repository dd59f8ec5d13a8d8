package org.salvusfs.metadata.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A home: what the catalogue knows of it.
 *
 * @param name unique; 1 to 255 bytes of UTF-8 without {@code /} and NUL, not {@code .} or {@code
 *     ..}, not of the form of an id
 * @param durability where its intent log lives
 * @param overSoftSince since when its use has been above the soft limit; null if it is not, or if
 *     nobody who holds it has said so yet
 */
public record Project(
    ProjectId id,
    String name,
    Durability durability,
    Instant created,
    Limits limits,
    @Nullable Instant overSoftSince) {
  /** A new project, without limits. */
  public Project(ProjectId id, String name, Durability durability, Instant created) {
    this(id, name, durability, created, Limits.NONE, null);
  }
}
