package org.salvusfs.metadata.sim;

import java.util.Set;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.ClusterStore;
import org.salvusfs.metadata.api.EventLog;
import org.salvusfs.metadata.api.HeadStore;
import org.salvusfs.metadata.api.HostStore;
import org.salvusfs.metadata.api.NodeStore;
import org.salvusfs.metadata.api.ProjectId;
import org.salvusfs.metadata.api.ProjectKeyStore;
import org.salvusfs.metadata.api.ProjectStore;
import org.salvusfs.metadata.api.SnapshotStore;

/**
 * All metadata stores in memory. What it holds survives the "crash" of whoever uses it: a test
 * drops its daemon and opens another one on the same object. Thread-safe.
 *
 * <pre>{@code
 * var metadata = new SimulatedMetadata();
 * metadata.faults().plan(metadata.faults().operations() + 3, Fault.APPLY_THEN_FAIL);
 * }</pre>
 */
public final class SimulatedMetadata {
  private final Faults faults = new Faults();
  private final SimHeads heads = new SimHeads(faults);
  private final SimNodes nodes = new SimNodes(faults);
  private final SimProjectKeys projectKeys = new SimProjectKeys(faults);
  private final SimProjects projects = new SimProjects(faults);
  private final SimSnapshots snapshots = new SimSnapshots(faults);
  private final SimHosts hosts = new SimHosts(faults);
  private final SimCluster cluster = new SimCluster(faults);
  private final SimEvents events = new SimEvents(faults);

  /** Where failures are ordered. */
  public Faults faults() {
    return faults;
  }

  public HeadStore heads() {
    return heads;
  }

  public NodeStore nodes() {
    return nodes;
  }

  public ProjectStore projects() {
    return projects;
  }

  public ProjectKeyStore projectKeys() {
    return projectKeys;
  }

  public SnapshotStore snapshots() {
    return snapshots;
  }

  public HostStore hosts() {
    return hosts;
  }

  public ClusterStore cluster() {
    return cluster;
  }

  public EventLog events() {
    return events;
  }

  /** Number of nodes that are stored. */
  public int nodeCount() {
    return nodes.count();
  }

  /** Ids of the nodes that are stored. */
  public Set<BlockId> nodeIds() {
    return nodes.ids();
  }

  /** Number of log rows of a project that have not been trimmed, retired ones included. */
  public int logRowCount(ProjectId project) {
    return heads.logRowCount(project);
  }

  /** Inverts one bit of a stored node. */
  public void flipBit(BlockId id, int bit) {
    nodes.flipBit(id, bit);
  }

  /** Loses a stored node. */
  public void lose(BlockId id) {
    nodes.lose(id);
  }
}
