package org.salvusfs.daemon.management;

import java.util.List;

/**
 * A snapshot.
 *
 * @param project its project's id
 * @param created ISO 8601, to the millisecond; tells the snapshots of a project apart
 * @param kind {@code auto}, {@code manual} or {@code before-restore}
 * @param txg the transaction group that it keeps
 * @param root id of the kept tree's top node
 * @param bytes logical bytes outside holes
 * @param holds tags of those who need it
 */
public record SnapshotStatus(
    String project,
    String name,
    String created,
    String kind,
    String comment,
    long txg,
    String root,
    long bytes,
    long inodes,
    List<String> holds) {
  public SnapshotStatus {
    holds = List.copyOf(holds);
  }
}
