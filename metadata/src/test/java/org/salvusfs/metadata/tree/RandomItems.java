package org.salvusfs.metadata.tree;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.item.CountersItem;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.ExtentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/** Random changes as projects make them: all kinds of items, in clusters, runs and ranges. */
final class RandomItems {
  private final Random random;
  private final int inodesMax;
  private long nextInode = 2;

  RandomItems(Random random, int inodesMax) {
    this.random = random;
    this.inodesMax = inodesMax;
  }

  /** Some changes to what the model holds, unsorted, of random number and shape. */
  List<Change> batch(NavigableMap<Key, byte[]> model, int changesMax) {
    int count = 1 + (int) Math.exp(random.nextDouble() * Math.log(changesMax));
    return switch (random.nextInt(10)) {
      case 0, 1 -> newFiles(count);
      case 2 -> oneInode(count);
      case 3, 4 -> removeRange(model, count);
      case 5 -> touch(model, count);
      case 6 -> removeSome(model, count);
      default -> anywhere(count);
    };
  }

  /** Untar: ascending inodes, each with contents, and names in a directory. */
  private List<Change> newFiles(int count) {
    var changes = new ArrayList<Change>();
    long directory = inode();
    while (changes.size() < count) {
      if (nextInode >= inodesMax) {
        nextInode = 2;
      }
      long inode = nextInode++;
      changes.add(put(Keys.inode(inode)));
      changes.add(put(random.nextBoolean() ? Keys.inline(inode) : Keys.extent(inode, 0)));
      changes.add(put(Keys.dirent(directory, ("file" + inode).getBytes(UTF_8))));
    }
    return changes;
  }

  private List<Change> oneInode(int count) {
    var changes = new ArrayList<Change>();
    long inode = inode();
    for (int i = 0; i < count; i++) {
      changes.add(put(Keys.extent(inode, (long) i << 16)));
    }
    return changes;
  }

  private List<Change> removeRange(NavigableMap<Key, byte[]> model, int count) {
    var changes = new ArrayList<Change>();
    for (Key key : model.tailMap(anyKey(), true).keySet()) {
      if (changes.size() >= 2 * count) {
        break;
      }
      changes.add(new Change(key, null));
    }
    return changes;
  }

  /** Mostly the values that are there already. */
  private List<Change> touch(NavigableMap<Key, byte[]> model, int count) {
    var changes = new ArrayList<Change>();
    for (var entry : model.tailMap(anyKey(), true).entrySet()) {
      if (changes.size() >= count) {
        break;
      }
      byte[] value = entry.getValue().clone();
      if (value.length > 0 && random.nextInt(50) == 0) {
        value[random.nextInt(value.length)]++;
      }
      changes.add(new Change(entry.getKey(), value));
    }
    return changes;
  }

  private List<Change> removeSome(NavigableMap<Key, byte[]> model, int count) {
    var keys = new ArrayList<>(model.keySet());
    Collections.shuffle(keys, random);
    return keys.stream().limit(count).map(key -> new Change(key, null)).toList();
  }

  private List<Change> anywhere(int count) {
    var changes = new ArrayList<Change>();
    for (int i = 0; i < count; i++) {
      Key key = anyKey();
      changes.add(random.nextInt(3) == 0 ? new Change(key, null) : put(key));
    }
    return changes;
  }

  private long inode() {
    return 1L + random.nextInt(inodesMax);
  }

  Key anyKey() {
    long inode = inode();
    return switch (random.nextInt(12)) {
      case 0 -> Keys.inline(inode);
      case 1 -> Keys.xattr(inode, name(random.nextInt(1, 20)));
      case 2, 3 -> Keys.dirent(inode, name(random.nextInt(1, 12)));
      case 4 -> Keys.dirent(inode, name(random.nextInt(1, 256)));
      case 5, 6 -> Keys.extent(inode, random.nextLong(1L << 40));
      case 7 -> random.nextInt(20) == 0 ? Keys.counters() : Keys.orphan(inode);
      default -> Keys.inode(inode);
    };
  }

  private byte[] name(int length) {
    byte[] name = new byte[length];
    random.nextBytes(name);
    if (length > 30) {
      Arrays.fill(name, 0, length - 20, (byte) 'n');
    }
    return name;
  }

  private Change put(Key key) {
    return new Change(key, value(key));
  }

  private byte[] value(Key key) {
    return switch (key.kind()) {
      case Keys.INODE ->
          new InodeItem(0100644, 1, 1, 1, random.nextInt(9), 0, 0, random.nextLong(), 0, 0, 0, 0)
              .encode();
      case Keys.DIRENT -> new DirentItem(inode(), random.nextInt(16)).encode();
      case Keys.EXTENT ->
          new ExtentItem(random.nextInt(1, 65536), new BlockId(random.nextLong(), 2, 3, 4), 0, 7)
              .encode();
      case Keys.COUNTERS -> new CountersItem(random.nextLong(), 1, 1).encode();
      case Keys.ORPHAN -> new byte[0];
      default -> new byte[longLength()];
    };
  }

  /** Lengths up to 70 KiB, most of them small. */
  private int longLength() {
    return switch (random.nextInt(100)) {
      case 0 -> random.nextInt(70 << 10);
      case 1, 2, 3 -> random.nextInt(10 << 10);
      default -> random.nextInt(random.nextInt(1, 600));
    };
  }
}
