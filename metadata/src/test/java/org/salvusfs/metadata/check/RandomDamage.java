package org.salvusfs.metadata.check;

import java.util.ArrayList;
import java.util.Objects;
import java.util.Random;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.tree.TestTree;

/** Removes items or flips bits in their values. */
final class RandomDamage {
  private final Random random;
  private final TestTree tree;

  RandomDamage(long seed, TestTree tree) {
    this.random = new Random(seed);
    this.tree = tree;
  }

  void plant(int number) throws MetadataException {
    var items = tree.items();
    var keys = new ArrayList<Key>(items.keySet());
    keys.remove(Keys.inode(Keys.ROOT_INODE));
    for (int i = 0; i < number; i++) {
      Key key = keys.get(random.nextInt(keys.size()));
      byte[] value = Objects.requireNonNull(items.get(key)).clone();
      if (value.length == 0 || random.nextBoolean()) {
        tree.set(key, null);
      } else {
        value[random.nextInt(value.length)] ^= (byte) (1 << random.nextInt(8));
        tree.set(key, value);
      }
    }
  }
}
