package org.salvusfs.metadata.check;

import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/** Judges what was gathered in a {@link LinkTable}, once all items have been seen. */
final class LinkCheck {
  private final LinkTable links;
  private final Findings findings;
  private final View view;
  private boolean entriesWanted;

  /**
   * @param view for the few inodes that something is wrong with
   */
  LinkCheck(LinkTable links, Findings findings, View view) {
    this.links = links;
    this.findings = findings;
    this.view = view;
  }

  /** Checks every inode. Returns whether all entries must be offered to {@link #entry}. */
  boolean inodes() throws MetadataException {
    long top = links.state(Keys.ROOT_INODE);
    if (LinkTable.type(top) != LinkTable.DIRECTORY) {
      findings.add(new Finding.MissingTop());
    }
    links.states().forEach(this::inode);
    return entriesWanted;
  }

  private void inode(long inode, long state) throws MetadataException {
    boolean isOrphan = LinkTable.has(state, LinkTable.ORPHAN);
    boolean hasEntry = LinkTable.entryType(state) != 0;
    if (!LinkTable.has(state, LinkTable.PRESENT)) {
      if (isOrphan) {
        findings.add(new Finding.OrphanWithoutInode(inode));
      }
      entriesWanted |= hasEntry;
      return;
    }
    if (isOrphan && hasEntry) {
      findings.add(new Finding.OrphanInUse(inode));
    }
    entriesWanted |= hasEntry && LinkTable.entryType(state) != LinkTable.type(state);
    if (LinkTable.type(state) == LinkTable.DIRECTORY) {
      directory(inode, state, isOrphan, hasEntry);
    } else if (hasEntry ? LinkTable.balance(state) != 0 : isOrphan && !hasNoLinks(state)) {
      wrongLinkCount(inode, state);
    } else if (!hasEntry && !isOrphan) {
      withoutEntry(inode, state);
    }
  }

  private void directory(long directory, long state, boolean isOrphan, boolean hasEntry)
      throws MetadataException {
    boolean isTop = directory == Keys.ROOT_INODE;
    if (!isTop && !hasEntry) {
      if (!isOrphan) {
        withoutEntry(directory, state);
      } else if (!hasNoLinks(state)) {
        findings.add(new Finding.WrongLinkCount(directory, recordedLinks(directory), 0));
      }
      return;
    }
    entriesWanted |= LinkTable.balance(state) > (isTop ? 0 : 1);
    long holder = isTop ? directory : links.holder(directory);
    if (holder != 0 && links.parent(directory) != holder) {
      findings.add(new Finding.WrongParent(directory, links.parent(directory), holder));
    }
    if (hasNoLinks(state)) {
      findings.add(new Finding.WrongLinkCount(directory, 0, 2 + links.subdirectories(directory)));
    }
    if (!isTop) {
      walkUp(directory);
    }
  }

  /** Follows the entries upwards until the top, an end, or a ring, of which one is marked. */
  private void walkUp(long directory) {
    long end = directory;
    while (goesOn(end, LinkTable.WALKED | LinkTable.ON_WALK)) {
      links.mark(end, LinkTable.ON_WALK);
      end = links.holder(end);
    }
    if (goesOn(end, LinkTable.WALKED)) {
      links.mark(end, LinkTable.LOOP);
      entriesWanted = true;
    }
    for (long at = directory; goesOn(at, LinkTable.WALKED); at = links.holder(at)) {
      links.mark(at, LinkTable.WALKED);
    }
  }

  private boolean goesOn(long directory, long ends) {
    long state = links.state(directory);
    return directory != Keys.ROOT_INODE && state != 0 && !LinkTable.has(state, ends);
  }

  private void withoutEntry(long inode, long state) {
    findings.add(
        hasNoLinks(state)
            ? new Finding.UnrecordedOrphan(inode)
            : new Finding.Unreachable(inode, LinkTable.type(state) == LinkTable.DIRECTORY));
  }

  private void wrongLinkCount(long inode, long state) throws MetadataException {
    int recorded = recordedLinks(inode);
    findings.add(new Finding.WrongLinkCount(inode, recorded, recorded + LinkTable.balance(state)));
  }

  private int recordedLinks(long inode) throws MetadataException {
    byte[] value = view.get(Keys.inode(inode));
    return value == null ? 0 : InodeItem.decode(value).nlink();
  }

  private static boolean hasNoLinks(long state) {
    return LinkTable.has(state, LinkTable.NO_LINKS);
  }

  /** Names what is wrong with an entry, if something is. */
  void entry(Key key, DirentItem entry) {
    long directory = key.inode();
    byte[] name = Keys.suffix(key);
    long inode = entry.inode();
    long state = links.state(inode);
    if (!LinkTable.has(state, LinkTable.PRESENT)) {
      findings.add(new Finding.DanglingEntry(directory, name, inode, entry.type()));
      return;
    }
    int type = LinkTable.type(state);
    if (type != entry.type()) {
      findings.add(new Finding.WrongEntryType(directory, name, inode, entry.type(), type));
    }
    if (type != LinkTable.DIRECTORY) {
      return;
    }
    boolean isKept =
        inode != Keys.ROOT_INODE
            && directory == links.holder(inode)
            && !LinkTable.has(state, LinkTable.KEPT);
    if (!isKept) {
      if (links.holder(inode) != 0) {
        findings.add(new Finding.ExtraDirectoryEntry(directory, name, inode));
      }
      return;
    }
    links.mark(inode, LinkTable.KEPT);
    if (LinkTable.has(state, LinkTable.LOOP)) {
      findings.add(new Finding.DirectoryLoop(directory, name, inode));
    }
  }
}
