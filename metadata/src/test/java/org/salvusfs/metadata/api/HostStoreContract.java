package org.salvusfs.metadata.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What a {@link HostStore} must do. The store may hold other tests' hosts. */
public abstract class HostStoreContract {
  private final UUID host = UUID.randomUUID();

  protected abstract HostStore hosts() throws Exception;

  @Test
  void read_unknown_isNull() throws Exception {
    assertNull(hosts().read(host));
  }

  @Test
  void write_eachBeat_isSeen() throws Exception {
    var hosts = hosts();
    var incarnation = UUID.randomUUID();
    for (long beat = 1; beat < 20; beat++) {
      var row = new HostRow(host, incarnation, beat, "node-ä");
      hosts.write(row);
      assertEquals(row, hosts.read(host));
    }
  }

  @Test
  void write_newIncarnationThatStartsOver_isSeen() throws Exception {
    var hosts = hosts();
    hosts.write(new HostRow(host, UUID.randomUUID(), 1_000_000, "before"));
    var after = new HostRow(host, UUID.randomUUID(), 0, "after");
    hosts.write(after);
    assertEquals(after, hosts.read(host));
  }

  @Test
  void list_twoHosts_hasBoth() throws Exception {
    var hosts = hosts();
    var one = new HostRow(host, UUID.randomUUID(), 1, "one");
    var two = new HostRow(UUID.randomUUID(), UUID.randomUUID(), 2, "two");
    hosts.write(one);
    hosts.write(two);
    assertTrue(hosts.list().contains(one));
    assertTrue(hosts.list().contains(two));
  }
}
