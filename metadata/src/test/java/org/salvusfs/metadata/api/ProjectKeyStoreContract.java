package org.salvusfs.metadata.api;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a {@link ProjectKeyStore} must do. The store may hold other tests' keys. */
public abstract class ProjectKeyStoreContract {
  private final ProjectId one = new ProjectId(UUID.randomUUID());
  private final ProjectId two = new ProjectId(UUID.randomUUID());

  protected abstract ProjectKeyStore keys() throws Exception;

  @Test
  void find_created_isTheSame_andOfNobodyElse() throws Exception {
    var keys = keys();
    assertNull(keys.find(one));
    keys.create(one, new byte[] {1, 2, 3});
    keys.create(one, new byte[] {1, 2, 3});
    assertArrayEquals(new byte[] {1, 2, 3}, keys.find(one));
    assertNull(keys.find(two));
  }

  @Test
  void destroy_leavesNothing_andTheOthers_andMayBeRepeated() throws Exception {
    var keys = keys();
    keys.create(one, new byte[] {1});
    keys.create(two, new byte[] {2});
    keys.destroy(one);
    assertNull(keys.find(one));
    assertArrayEquals(new byte[] {2}, keys.find(two));
    keys.destroy(one);
    assertNull(keys.find(one));
  }

  @Test
  void create_afterDestroy_asARestoreDoes_isThere() throws Exception {
    var keys = keys();
    keys.create(one, new byte[] {1});
    keys.destroy(one);
    keys.create(one, new byte[] {1});
    assertArrayEquals(new byte[] {1}, keys.find(one));
  }
}
