package org.salvusfs.daemon.management;

/**
 * What a restore brought back.
 *
 * @param manifest the file on the target that was followed
 * @param made when that backup was complete; ISO 8601
 * @param projects how many there are
 * @param snapshots how many of theirs
 * @param blocksCopied chunks and tree nodes that were not here
 * @param bytesCopied how long they are, as they are stored
 */
public record RestoreReport(
    String target,
    String manifest,
    String made,
    int projects,
    int snapshots,
    long blocksCopied,
    long bytesCopied) {}
