package org.salvusfs.metadata.api;

import java.time.Instant;

/**
 * A home: what the catalogue knows of it.
 *
 * @param name unique; 1 to 255 bytes of UTF-8 without {@code /} and NUL, not {@code .} or {@code
 *     ..}, not of the form of an id
 * @param durability where its intent log lives
 */
public record Project(ProjectId id, String name, Durability durability, Instant created) {}
