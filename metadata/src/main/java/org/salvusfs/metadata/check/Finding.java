package org.salvusfs.metadata.check;

import java.nio.charset.StandardCharsets;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.item.CountersItem;

/** Something that is not as it must be. */
public sealed interface Finding {
  /** A sentence that names the thing. */
  String message();

  /** Whether {@link Repairs} mends it. */
  default boolean isRepairable() {
    return false;
  }

  /** A finding that {@link Repairs} mends, if no node of the tree is damaged. */
  sealed interface Repairable extends Finding {
    @Override
    default boolean isRepairable() {
      return true;
    }
  }

  /**
   * A node is missing, damaged or misplaced. All that it held is unknown; more may follow from it.
   */
  record DamagedNode(BlockId id, String why) implements Finding {
    @Override
    public String message() {
      return why;
    }
  }

  /** An item that no program of this version can have written. */
  record UnreadableItem(Key key, String why) implements Finding {
    @Override
    public String message() {
      return "item " + key + " of inode " + key.inode() + " is not valid: " + why;
    }
  }

  /** There are items of an inode, but not the inode itself. */
  record StrayItems(long inode, long count) implements Finding {
    @Override
    public String message() {
      return count + " items belong to inode " + inode + ", which does not exist";
    }
  }

  /** An item of a kind that this type of inode cannot have. */
  record MisplacedItem(Key key, int type) implements Finding {
    @Override
    public String message() {
      return "inode %d of type %d has an item of kind %d".formatted(key.inode(), type, key.kind());
    }
  }

  /** The project has no top directory. */
  record MissingTop() implements Finding {
    @Override
    public String message() {
      return "inode 1, the project's top directory, does not exist";
    }
  }

  /** A file has INLINE contents and extents. */
  record InlineAndExtents(long inode) implements Finding {
    @Override
    public String message() {
      return "inode " + inode + " has both inline contents and extents";
    }
  }

  /** INLINE contents are not as long as the file. */
  record WrongInlineLength(long inode, long lengthBytes, long sizeBytes) implements Finding {
    @Override
    public String message() {
      return "inode %d has %d bytes of inline contents, but its size is %d"
          .formatted(inode, lengthBytes, sizeBytes);
    }
  }

  /** An extent begins before the one before it ends. */
  record OverlappingExtents(long inode, long offset, long earlierEnd) implements Finding {
    @Override
    public String message() {
      return "inode %d: the extent at %d overlaps one that ends at %d"
          .formatted(inode, offset, earlierEnd);
    }
  }

  /** An extent reaches past the end of the file. */
  record ExtentBeyondSize(long inode, long offset, long end, long sizeBytes) implements Finding {
    @Override
    public String message() {
      return "inode %d: the extent at %d ends at %d, past the file's size %d"
          .formatted(inode, offset, end, sizeBytes);
    }
  }

  /** A chunk that a file needs is missing or damaged. */
  record DamagedChunk(long inode, long offset, BlockId chunk, String why) implements Finding {
    @Override
    public String message() {
      return "inode %d cannot be read at %d: %s".formatted(inode, offset, why);
    }
  }

  /** A chunk ends before what an extent takes from it. */
  record ShortChunk(long inode, long offset, BlockId chunk, int lengthBytes, long neededBytes)
      implements Finding {
    @Override
    public String message() {
      return "inode %d cannot be read at %d: chunk %s has %d bytes, %d are needed"
          .formatted(inode, offset, chunk, lengthBytes, neededBytes);
    }
  }

  /** An inode's allocated bytes are not those of its contents. */
  record WrongAllocated(long inode, long recordedBytes, long countedBytes) implements Repairable {
    @Override
    public String message() {
      return "inode %d records %d allocated bytes, but has %d"
          .formatted(inode, recordedBytes, countedBytes);
    }
  }

  /** An inode's link count is not the number of its entries, or 2 + subdirectories. */
  record WrongLinkCount(long inode, int recorded, int counted) implements Repairable {
    @Override
    public String message() {
      return "inode %d records %d links, but has %d".formatted(inode, recorded, counted);
    }
  }

  /** A directory names another parent than the directory that holds its entry. */
  record WrongParent(long directory, long recorded, long holder) implements Repairable {
    @Override
    public String message() {
      return "directory %d lies in directory %d, but names %d as its parent"
          .formatted(directory, holder, recorded);
    }
  }

  /** An entry names an inode that does not exist. */
  record DanglingEntry(long directory, byte[] name, long inode, int type) implements Repairable {
    @Override
    public String message() {
      return "directory %d: '%s' is inode %d, which does not exist"
          .formatted(directory, text(name), inode);
    }
  }

  /** An entry gives another type than the inode has. */
  record WrongEntryType(long directory, byte[] name, long inode, int recorded, int actual)
      implements Repairable {
    @Override
    public String message() {
      return "directory %d: '%s' is of type %d, but inode %d of type %d"
          .formatted(directory, text(name), recorded, inode, actual);
    }
  }

  /** A directory has one more entry than the one it may have. */
  record ExtraDirectoryEntry(long directory, byte[] name, long inode) implements Repairable {
    @Override
    public String message() {
      return "directory %d: '%s' is directory %d, which has another entry already"
          .formatted(directory, text(name), inode);
    }
  }

  /** Directories that lie in each other, and nowhere else. This entry is one of the ring. */
  record DirectoryLoop(long directory, byte[] name, long inode) implements Repairable {
    @Override
    public String message() {
      return "directory %d is only reached through itself, by '%s' in directory %d"
          .formatted(inode, text(name), directory);
    }
  }

  /** An inode with links that no entry names. */
  record Unreachable(long inode, boolean isDirectory) implements Repairable {
    @Override
    public String message() {
      return (isDirectory ? "directory " : "inode ") + inode + " has no entry in any directory";
    }
  }

  /** An inode without links and entries that is not recorded as an orphan. */
  record UnrecordedOrphan(long inode) implements Repairable {
    @Override
    public String message() {
      return "inode " + inode + " was deleted, but is not recorded to be reclaimed";
    }
  }

  /** An orphan record of an inode that does not exist. */
  record OrphanWithoutInode(long inode) implements Repairable {
    @Override
    public String message() {
      return "inode " + inode + " is recorded to be reclaimed, but does not exist";
    }
  }

  /** An orphan record of an inode that has an entry, and so must not be reclaimed. */
  record OrphanInUse(long inode) implements Repairable {
    @Override
    public String message() {
      return "inode " + inode + " is recorded to be reclaimed, but has an entry";
    }
  }

  /** The usage counters are missing or differ from a recount. */
  record WrongCounters(String recorded, CountersItem counted) implements Repairable {
    @Override
    public String message() {
      return "the project's counters are " + recorded + ", a recount gives " + counted;
    }
  }

  private static String text(byte[] name) {
    return new String(name, StandardCharsets.UTF_8);
  }
}
