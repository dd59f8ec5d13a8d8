package org.salvusfs.daemon.management;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a project takes, in logical bytes: before compression, and before equal chunks are stored
 * once. How many bytes of the packs are one project's is not known and so not said.
 *
 * @param project its id
 * @param liveBytes of regular files outside holes, uncommitted changes included
 * @param liveInodes likewise
 * @param heldBytes what one or more snapshots have and the committed tree has not
 * @param boundBytes where new snapshots are refused; null: nowhere
 * @param notice what is to be done if they are refused now; null: they are not
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
    long storeBytes,
    List<OfSnapshot> snapshots) {
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
