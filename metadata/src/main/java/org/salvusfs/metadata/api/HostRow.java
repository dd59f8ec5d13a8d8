package org.salvusfs.metadata.api;

import java.util.UUID;

/**
 * A host's sign of life. Whether it lives is judged by watching {@code beat} change, on the
 * watcher's own monotonic clock: wall clocks are never compared.
 *
 * @param incarnation the host's latest start
 * @param beat rises with every renewal
 * @param name for people
 */
public record HostRow(UUID host, UUID incarnation, long beat, String name) {}
