package org.salvusfs.daemon.management;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A daemon at one moment.
 *
 * @param mount where the projects are, as an absolute path
 * @param fuse the binding that serves it: {@code kernel} or {@code jnr}
 * @param host this host's id
 * @param hostName for people
 * @param cluster the cluster's id
 * @param leaseValid whether this host may write now
 * @param operations by name; only those that occurred
 */
public record DaemonStatus(
    DaemonProcess daemon,
    CassandraServer cassandra,
    String mount,
    String fuse,
    String host,
    String hostName,
    String cluster,
    boolean leaseValid,
    List<ProjectStatus> projects,
    Map<String, OperationStatus> operations) {

  /**
   * The daemon's process.
   *
   * @param dataDirectory as an absolute path
   */
  public record DaemonProcess(long pid, long uptimeSeconds, String dataDirectory) {}

  /**
   * The metadata store.
   *
   * @param pid of the child process; null if the store is not ours
   */
  public record CassandraServer(@Nullable Long pid, List<String> contactPoints) {}
}
