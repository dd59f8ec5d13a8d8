package org.salvusfs.metadata.check;

import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.item.LineageItem;
import org.salvusfs.metadata.item.LinkItem;
import org.salvusfs.metadata.item.OriginItem;
import org.salvusfs.metadata.item.ReceivedItem;

/** Checks items in key order, an inode at a time, and recounts usage. */
final class InodeCheck {
  private static final int NAME_BYTES_MAX = 255;
  private static final int PREFIX_BYTES = 9;

  private final Findings findings;
  private final LinkTable links;
  private final ChunkCheck chunks;

  // The inode whose items are coming in.
  private long inode;
  private @Nullable InodeItem item;
  private long items;
  private long inlineBytes;
  private long extentBytes;
  private long extentEnd;
  private int subdirectories;

  // The project.
  private @Nullable CountersItem counters;
  private long usedBytes;
  private long inodes;
  private long inodeMax;

  InodeCheck(Findings findings, LinkTable links, ChunkCheck chunks) {
    this.findings = findings;
    this.links = links;
    this.chunks = chunks;
  }

  /** The next item. */
  void item(Key key, byte[] value) {
    if (key.bytes().length < PREFIX_BYTES) {
      findings.add(
          new Finding.UnreadableItem(Key.wrap(new byte[PREFIX_BYTES]), "a short key " + key));
      return;
    }
    if (key.inode() != inode) {
      finishInode();
      inode = key.inode();
    }
    try {
      if (inode == 0) {
        projectItem(key, value);
      } else {
        items++;
        inodeItem(key, value);
      }
    } catch (MetadataException.Corrupt e) {
      findings.add(new Finding.UnreadableItem(key, String.valueOf(e.getMessage())));
    }
  }

  /** After the last item: returns the counters as they should be. */
  CountersItem finish() {
    finishInode();
    long next = Math.max(counters == null ? 0 : counters.nextInode(), inodeMax + 1);
    var counted = new CountersItem(next, usedBytes, inodes);
    if (!counted.equals(counters)) {
      findings.add(
          new Finding.WrongCounters(counters == null ? "missing" : counters.toString(), counted));
    }
    return counted;
  }

  private void projectItem(Key key, byte[] value) throws MetadataException.Corrupt {
    switch (key.kind()) {
      case Keys.COUNTERS -> {
        requireSuffix(key, 0, 0);
        counters = CountersItem.decode(value);
      }
      case Keys.ORPHAN -> {
        requireSuffix(key, Long.BYTES, Long.BYTES);
        links.orphan(Keys.suffixLong(key));
      }
      case Keys.LINEAGE -> {
        requireSuffix(key, 0, 0);
        LineageItem.decode(value);
      }
      case Keys.ORIGIN -> {
        requireSuffix(key, 0, 0);
        OriginItem.decode(value);
      }
      case Keys.LINK -> {
        requireSuffix(key, Long.BYTES, Long.BYTES);
        LinkItem.decode(value);
      }
      case Keys.RECEIVED -> {
        requireSuffix(key, 0, 0);
        ReceivedItem.decode(value);
      }
      default -> throw corrupt("inode 0 has no items of kind " + key.kind());
    }
  }

  private void inodeItem(Key key, byte[] value) throws MetadataException.Corrupt {
    switch (key.kind()) {
      case Keys.INODE -> {
        requireSuffix(key, 0, 0);
        InodeItem decoded = InodeItem.decode(value);
        item = decoded;
        links.inode(inode, decoded);
        inodes++;
        if (Long.compareUnsigned(inode, inodeMax) > 0) {
          inodeMax = inode;
        }
      }
      case Keys.INLINE -> {
        requireSuffix(key, 0, 0);
        requireType(key, InodeItem.S_IFREG, InodeItem.S_IFLNK);
        inlineBytes = value.length;
      }
      case Keys.XATTR -> requireSuffix(key, 1, NAME_BYTES_MAX);
      case Keys.DIRENT -> {
        requireSuffix(key, 1, NAME_BYTES_MAX);
        requireType(key, InodeItem.S_IFDIR, InodeItem.S_IFDIR);
        DirentItem entry = DirentItem.decode(value);
        links.entry(inode, entry);
        if (entry.type() == LinkTable.DIRECTORY) {
          subdirectories++;
        }
      }
      case Keys.EXTENT -> {
        requireSuffix(key, Long.BYTES, Long.BYTES);
        requireType(key, InodeItem.S_IFREG, InodeItem.S_IFREG);
        extent(Keys.suffixLong(key), ExtentItem.decode(value));
      }
      default -> throw corrupt("there is no kind " + key.kind());
    }
  }

  private void extent(long offset, ExtentItem extent) throws MetadataException.Corrupt {
    long end = offset + extent.lengthBytes();
    if (offset < 0 || extent.lengthBytes() < 1 || extent.chunkOffset() < 0 || end < offset) {
      throw corrupt("the extent at " + offset + " has no sound length: " + extent);
    }
    if (offset < extentEnd) {
      findings.add(new Finding.OverlappingExtents(inode, offset, extentEnd));
    }
    if (item != null && end > item.sizeBytes()) {
      findings.add(new Finding.ExtentBeyondSize(inode, offset, end, item.sizeBytes()));
    }
    extentBytes += extent.lengthBytes();
    extentEnd = Math.max(extentEnd, end);
    chunks.check(inode, offset, extent);
  }

  private void finishInode() {
    InodeItem present = item;
    if (present != null) {
      finishInode(present);
    } else if (items > 0) {
      findings.add(new Finding.StrayItems(inode, items));
    }
    item = null;
    items = 0;
    inlineBytes = -1;
    extentBytes = 0;
    extentEnd = 0;
    subdirectories = 0;
  }

  private void finishInode(InodeItem present) {
    if (inlineBytes >= 0 && extentBytes > 0) {
      findings.add(new Finding.InlineAndExtents(inode));
    }
    boolean hasInline = inlineBytes >= 0;
    if (hasInline ? inlineBytes != present.sizeBytes() : present.isSymlink()) {
      findings.add(
          new Finding.WrongInlineLength(inode, Math.max(0, inlineBytes), present.sizeBytes()));
    }
    long allocated = present.isRegular() ? extentBytes + Math.max(0, inlineBytes) : 0;
    if (allocated != present.allocatedBytes()) {
      findings.add(new Finding.WrongAllocated(inode, present.allocatedBytes(), allocated));
    }
    usedBytes += allocated;
    if (present.isDirectory() && present.nlink() != 0 && present.nlink() != 2 + subdirectories) {
      findings.add(new Finding.WrongLinkCount(inode, present.nlink(), 2 + subdirectories));
    }
  }

  private void requireSuffix(Key key, int bytesMin, int bytesMax) throws MetadataException.Corrupt {
    int bytes = key.bytes().length - PREFIX_BYTES;
    if (bytes < bytesMin || bytes > bytesMax) {
      throw corrupt("its key has " + bytes + " bytes behind the kind");
    }
  }

  private void requireType(Key key, int one, int other) {
    if (item != null) {
      int type = item.mode() & InodeItem.S_IFMT;
      if (type != one && type != other) {
        findings.add(new Finding.MisplacedItem(key, type >> 12));
      }
    }
  }

  private static MetadataException.Corrupt corrupt(String why) {
    return new MetadataException.Corrupt(why);
  }
}
