package org.salvusfs.metadata.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a {@link ClusterStore} must do. The store is empty when the test begins. */
public abstract class ClusterStoreContract {
  protected abstract ClusterStore cluster() throws Exception;

  @Test
  void createIfAbsent_twice_keepsTheFirst() throws Exception {
    var cluster = cluster();
    assertTrue(cluster.read().isEmpty());
    var first = new ClusterRow(UUID.randomUUID(), 1, new byte[] {1, 2, 3});
    var second = new ClusterRow(UUID.randomUUID(), 1, new byte[] {9});
    assertSame(first, cluster.createIfAbsent(first));
    assertSame(first, cluster.createIfAbsent(second));
    assertSame(first, cluster.read().orElseThrow());
  }

  private static void assertSame(ClusterRow expected, ClusterRow actual) {
    assertEquals(expected.cluster(), actual.cluster());
    assertEquals(expected.schemaVersion(), actual.schemaVersion());
    assertArrayEquals(expected.keyCheck(), actual.keyCheck());
  }
}
