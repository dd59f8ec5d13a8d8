package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.fs.Caller;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.fs.FsException;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * Brings single files and directories back from snapshots, or in from other projects, in this
 * order:
 *
 * <ol>
 *   <li>a copy grows under a hidden name beside the place it shall have ({@link TreeCopy});
 *   <li>while no other operation is under way, everything is committed, and for a restore kept as a
 *       snapshot, and copy and present file change their names, which is one operation: nobody sees
 *       neither;
 *   <li>what was there until now is removed, and all is committed.
 * </ol>
 *
 * <p>So the copy's contents are durable before its name is, and whatever was done to the old file
 * until the exchange is in the snapshot, if there is one. A crash leaves the old file or the new
 * one, and perhaps the other one, whole or not, under the hidden name. Threads are the callers'.
 */
final class Restores {
  /** Attempts to remove what others keep adding to. */
  private static final int REMOVALS_MAX = 10;

  /** Users' room is used, not root's reserve. */
  private static final Caller NOBODY = Caller.WRITEBACK;

  private final Parts parts;
  private final Namespace namespace;
  private final Renames renames;
  private final FileOps files;
  private final Attributes attributes;
  private final Orphans orphans;

  Restores(
      Parts parts,
      Namespace namespace,
      Renames renames,
      FileOps files,
      Attributes attributes,
      Orphans orphans) {
    this.parts = parts;
    this.namespace = namespace;
    this.renames = renames;
    this.files = files;
    this.attributes = attributes;
    this.orphans = orphans;
  }

  /** A name in a live directory. */
  private record Place(long directory, byte[] name) {}

  /** An entry to be removed. */
  private record Entry(Place place, long inode, boolean isDirectory) {}

  /**
   * Restores.
   *
   * @param past reads the snapshot
   * @param path of the file in the snapshot, at least one name
   * @param to where it shall be now; the directory must exist
   * @param hiddenName for the copy while it grows
   * @param keep makes the snapshot of what is there
   * @param changes hears, without a lock, of what the kernel may know differently
   * @throws FsException if it is refused; nothing is left of the copy then
   */
  <T> T restore(
      ReadParts past,
      List<byte[]> path,
      List<byte[]> to,
      byte[] hiddenName,
      ProjectFileSystem.Replacement<T> keep,
      ProjectFileSystem.Changes changes)
      throws IOException, FsException, InterruptedException {
    long from = past.items().find(path, "the snapshot");
    Place place = place(to, "the project");
    TreeCopy tree = tree(past, entries -> {});
    return appear(
        place,
        hiddenName,
        changes,
        hidden -> {
          tree.run(from, hidden.directory(), hidden.name());
          return exchange(hidden, place, true, keep);
        });
  }

  /**
   * Copies.
   *
   * @param past reads the commit that is copied
   * @param path in it; no name: all of it
   * @param to where it shall be, at least one name; the directory must exist
   * @param replaces whether what has the name already gives way
   * @param hiddenName for the copy while it grows
   * @param progress see {@link TreeCopy}
   * @param changes hears, without a lock, of what the kernel may know differently
   * @throws FsException if it is refused, EEXIST in words if the name is taken; nothing is left of
   *     the copy then
   */
  ProjectFileSystem.Copied copy(
      ReadParts past,
      List<byte[]> path,
      List<byte[]> to,
      boolean replaces,
      byte[] hiddenName,
      LongConsumer progress,
      ProjectFileSystem.Changes changes)
      throws IOException, FsException, InterruptedException {
    long from = past.items().find(path, "the source");
    Place place = place(to, "the target");
    requireFree(place, replaces); // before all the work, and again after it
    TreeCopy tree = tree(past, progress);
    return appear(
        place,
        hiddenName,
        changes,
        hidden -> {
          ProjectFileSystem.Copied copied = tree.run(from, hidden.directory(), hidden.name());
          return exchange(
              hidden,
              place,
              replaces,
              () -> {
                parts.txgs().commit();
                return copied;
              });
        });
  }

  private TreeCopy tree(ReadParts past, LongConsumer progress) {
    return new TreeCopy(past, parts, namespace, files, attributes, orphans, NOBODY, progress);
  }

  private Place place(List<byte[]> to, String where) throws IOException, FsException {
    long directory = parts.items().find(to.subList(0, to.size() - 1), where);
    parts.items().livingDirectory(directory);
    return new Place(directory, to.getLast());
  }

  /** Fills a hidden place and exchanges it with the one that is meant. */
  @FunctionalInterface
  private interface Growth<T> {
    T in(Place hidden) throws IOException, FsException, InterruptedException;
  }

  private <T> T appear(
      Place place, byte[] hiddenName, ProjectFileSystem.Changes changes, Growth<T> growth)
      throws IOException, FsException, InterruptedException {
    var hidden = new Place(place.directory(), hiddenName);
    T grown;
    try {
      grown = growth.in(hidden);
    } catch (IOException | FsException | InterruptedException | RuntimeException e) {
      undo(hidden, e);
      throw e;
    }
    changes.name(place.directory(), place.name());
    removeAll(hidden, changes);
    changes.inode(place.directory());
    parts.txgs().commit();
    return grown;
  }

  /** Refuses a name that cannot be made; tells whether nothing has it. */
  private boolean requireFree(Place place, boolean replaces) throws IOException, FsException {
    boolean isFree = parts.items().entry(place.directory(), place.name()) == null;
    if (isFree) {
      Names.checkNew(place.name());
    } else if (!replaces) {
      throw new FsException(
          Errno.EEXIST, "there is \"%s\" already".formatted(new String(place.name(), UTF_8)));
    }
    return isFree;
  }

  private <T> T exchange(
      Place hidden, Place place, boolean replaces, ProjectFileSystem.Replacement<T> keep)
      throws IOException, FsException, InterruptedException {
    try (InodeLocks.Everything _ = parts.locks().everything()) {
      boolean isFree = requireFree(place, replaces);
      T kept = keep.run();
      renames.rename(
          NOBODY,
          hidden.directory(),
          hidden.name(),
          place.directory(),
          place.name(),
          isFree ? Linux.RENAME_NOREPLACE : Linux.RENAME_EXCHANGE);
      return kept;
    }
  }

  private void undo(Place hidden, Exception cause) {
    try {
      removeAll(hidden, ProjectFileSystem.Changes.UNHEARD);
    } catch (IOException | FsException e) {
      cause.addSuppressed(e);
    } catch (InterruptedException e) {
      cause.addSuppressed(e);
      Thread.currentThread().interrupt();
    }
  }

  /** Removes an entry with all below it, if it is there; others may add to it meanwhile. */
  private void removeAll(Place place, ProjectFileSystem.Changes changes)
      throws IOException, FsException, InterruptedException {
    int left = REMOVALS_MAX;
    while (true) {
      try {
        tryRemove(place, changes);
        return;
      } catch (FsException e) {
        boolean isAddedTo = e.errno() == Errno.ENOTEMPTY || e.errno() == Errno.ENOENT;
        if (!isAddedTo || --left == 0) {
          throw e;
        }
      }
    }
  }

  private void tryRemove(Place place, ProjectFileSystem.Changes changes)
      throws IOException, FsException, InterruptedException {
    Entry top = entry(place);
    if (top == null) {
      return;
    }
    var directories = new ArrayList<Entry>();
    var waiting = new ArrayDeque<Entry>();
    waiting.add(top);
    while (!waiting.isEmpty()) {
      Entry each = waiting.remove();
      if (each.isDirectory()) {
        directories.add(each);
        waiting.addAll(entries(each.inode()));
      } else {
        namespace.unlink(each.place().directory(), each.place().name());
        tell(each, changes);
      }
    }
    for (Entry each : directories.reversed()) {
      namespace.rmdir(each.place().directory(), each.place().name());
      tell(each, changes);
    }
  }

  private static void tell(Entry removed, ProjectFileSystem.Changes changes) {
    changes.name(removed.place().directory(), removed.place().name());
    changes.inode(removed.inode());
  }

  private @Nullable Entry entry(Place place) throws IOException {
    DirentItem found = parts.items().entry(place.directory(), place.name());
    return found == null ? null : entry(place, found);
  }

  private static Entry entry(Place place, DirentItem found) {
    return new Entry(place, found.inode(), found.type() == InodeItem.S_IFDIR >> 12);
  }

  private List<Entry> entries(long directory) throws IOException {
    var entries = new ArrayList<Entry>();
    Cursor cursor =
        parts
            .items()
            .view()
            .scan(Keys.first(directory, Keys.DIRENT), Keys.end(directory, Keys.DIRENT));
    while (cursor.next()) {
      var place = new Place(directory, Keys.suffix(cursor.key()));
      entries.add(entry(place, DirentItem.decode(cursor.value())));
    }
    return entries;
  }
}
