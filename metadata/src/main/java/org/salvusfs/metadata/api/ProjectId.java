package org.salvusfs.metadata.api;

import java.util.UUID;

/** The id of a project. */
public record ProjectId(UUID uuid) {
  /**
   * Parses the 36-character form.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ProjectId parse(String text) {
    return new ProjectId(UUID.fromString(text));
  }

  @Override
  public String toString() {
    return uuid.toString();
  }
}
