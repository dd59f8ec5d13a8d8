package org.salvusfs.metadata.check;

import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;

/**
 * What inodes say of their links and what entries say of inodes, in whatever order both come. One
 * long an inode, and two more for a directory.
 */
final class LinkTable {
  static final int DIRECTORY = InodeItem.S_IFDIR >> 12;

  /** Entries disagree about the type. No inode has this one. */
  static final int CONFLICT = 15;

  private static final int ENTRY_SHIFT = 4;
  private static final int TYPE_MASK = 15;
  static final long PRESENT = 1 << 8;
  static final long ORPHAN = 1 << 9;
  static final long NO_LINKS = 1 << 10;

  /** A walk upwards from here ends somewhere. */
  static final long WALKED = 1 << 11;

  /** A walk upwards that is under way has come past. */
  static final long ON_WALK = 1 << 12;

  /** The directory closes a ring. */
  static final long LOOP = 1 << 13;

  /** The one entry that a directory may have was seen again. */
  static final long KEPT = 1 << 14;

  private static final int BALANCE_SHIFT = 32;

  private final LongMap states = new LongMap();
  private final LongMap parents = new LongMap();
  private final LongMap holders = new LongMap();

  void inode(long inode, InodeItem item) {
    int type = (item.mode() & InodeItem.S_IFMT) >> 12;
    long state = states.get(inode) | PRESENT | type;
    if (item.nlink() == 0) {
      state |= NO_LINKS;
    }
    if (item.isDirectory()) {
      parents.put(inode, item.parent());
    } else {
      state -= (long) item.nlink() << BALANCE_SHIFT;
    }
    states.put(inode, state);
  }

  void orphan(long inode) {
    mark(inode, ORPHAN);
  }

  void entry(long directory, DirentItem entry) {
    long state = states.get(entry.inode());
    int before = entryType(state);
    int type = entry.type() & TYPE_MASK;
    int after = before == 0 || before == type ? type : CONFLICT;
    state = (state & ~((long) TYPE_MASK << ENTRY_SHIFT)) | ((long) after << ENTRY_SHIFT);
    states.put(entry.inode(), state + (1L << BALANCE_SHIFT));
    if (type == DIRECTORY && holders.get(entry.inode()) == 0) {
      holders.put(entry.inode(), directory);
    }
  }

  LongMap states() {
    return states;
  }

  long state(long inode) {
    return states.get(inode);
  }

  void mark(long inode, long flag) {
    states.put(inode, states.get(inode) | flag);
  }

  /** The parent that a directory records. */
  long parent(long directory) {
    return parents.get(directory);
  }

  /** The directory that holds its first entry; 0 if there is none. */
  long holder(long directory) {
    return holders.get(directory);
  }

  /** How many directories lie in one. Looks at all of them. */
  int subdirectories(long directory) {
    int[] count = {0};
    holders.forEach(
        (inode, holder) -> {
          if (holder == directory) {
            count[0]++;
          }
        });
    return count[0];
  }

  static boolean has(long state, long flag) {
    return (state & flag) != 0;
  }

  static int type(long state) {
    return (int) state & TYPE_MASK;
  }

  /** The type that all entries give, 0 if there is no entry. */
  static int entryType(long state) {
    return (int) (state >> ENTRY_SHIFT) & TYPE_MASK;
  }

  /** Entries minus recorded links; for a directory, entries. */
  static int balance(long state) {
    return (int) (state >> BALANCE_SHIFT);
  }
}
