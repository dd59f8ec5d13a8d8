package org.salvusfs.daemon.vfs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class NameListTest {
  @Test
  void names_comeBackByIndex() {
    var random = new Random(3);
    var list = new NameList();
    List<byte[]> model = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      // Whole blocks of longest names, too.
      byte[] name = new byte[i < 600 ? 255 : 1 + random.nextInt(255)];
      random.nextBytes(name);
      list.add(name);
      model.add(name);
    }
    assertEquals(5_000, list.size());
    for (int i = 0; i < 5_000; i++) {
      assertArrayEquals(model.get(i), list.get(i));
    }
    list.clear();
    assertEquals(0, list.size());
  }
}
