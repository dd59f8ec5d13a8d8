package org.salvusfs.daemon.management;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a project takes, in logical bytes: before compression, and before equal chunks are stored
 * once; and what its chunks take as they are stored, as far as that was counted.
 *
 * @param project its id
 * @param liveBytes of regular files outside holes, uncommitted changes included
 * @param liveInodes likewise
 * @param heldBytes what one or more snapshots have and the committed tree has not
 * @param boundBytes where new snapshots are refused; null: nowhere
 * @param notice what is to be done if they are refused now; null: they are not
 * @param stored null: no garbage was collected on this host yet, or not since the project began
 * @param storeBytes what the packs of this host take for all projects, as stored, garbage included
 * @param snapshots oldest first
 */
public record Bill(
    String project,
    String name,
    long liveBytes,
    long liveInodes,
    long heldBytes,
    @Nullable Long boundBytes,
    @Nullable String notice,
    @Nullable Stored stored,
    long storeBytes,
    List<OfSnapshot> snapshots) {
  /**
   * What a project's chunks take in the packs of the host, each of them once. What lies in tree
   * nodes, such as the contents of small files, is not in packs.
   *
   * @param asOf when they were counted, ISO 8601
   * @param liveBytes of chunks that the project refers to
   * @param bytes of chunks that the project or one of its snapshots refers to
   * @param sharedBytes the part of {@code bytes} that other projects refer to as well: the rest is
   *     freed if the project goes with all its snapshots
   * @param errorBytes by how much each of these may be wrong, in 19 of 20 cases; 0: they are exact
   */
  public record Stored(
      String asOf, long liveBytes, long bytes, long sharedBytes, long errorBytes) {}

  /**
   * One snapshot's part.
   *
   * @param created ISO 8601
   * @param bytes logical bytes of everything that it shows
   * @param freedBytes by how much {@code heldBytes} falls if this one alone is deleted
   * @param clones how many projects began with it and keep it
   */
  public record OfSnapshot(
      String name,
      String created,
      String kind,
      long bytes,
      long freedBytes,
      List<String> holds,
      int clones) {
    public OfSnapshot {
      holds = List.copyOf(holds);
    }
  }

  public Bill {
    snapshots = List.copyOf(snapshots);
  }
}
