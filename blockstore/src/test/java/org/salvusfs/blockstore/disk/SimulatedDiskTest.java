package org.salvusfs.blockstore.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.disk.SimulatedDisk.Fault;
import org.salvusfs.blockstore.disk.SimulatedDisk.FaultPlan;

class SimulatedDiskTest extends DiskContract {
  private final SimulatedDisk disk = new SimulatedDisk(new Random(1));

  @Override
  Disk disk() {
    return disk;
  }

  @Test
  void crash_beforeDirectorySync_mayLoseTheFile() throws IOException {
    Set<List<String>> seen = new HashSet<>();
    for (int seed = 0; seed < 50; seed++) {
      var crashing = new SimulatedDisk(new Random(1));
      crashing.create("a").close();
      crashing.syncDirectory();
      crashing.rename("a", "b");
      crashing.create("c").close();
      crashing.crash(new Random(seed * 0x9E3779B97F4A7C15L));
      seen.add(crashing.list());
    }
    assertEquals(Set.of(List.of("a"), List.of("b"), List.of("b", "c")), seen);
  }

  @Test
  void crash_afterSync_keepsEverySyncedByteAndAnyMixOfTheRest() throws IOException {
    Set<String> seen = new HashSet<>();
    for (int seed = 0; seed < 1000; seed++) {
      var crashing = new SimulatedDisk(new Random(1));
      DiskFile file = crashing.create("a");
      crashing.syncDirectory();
      file.write(filled(1024, 'a'), 0);
      file.sync();
      file.write(filled(1024, 'b'), 0);
      file.write(filled(1024, 'c'), 1024);
      crashing.crash(new Random(seed * 0x9E3779B97F4A7C15L));
      byte[] bytes = crashing.contents("a");
      var units = new StringBuilder();
      for (int i = 0; i < bytes.length; i += 512) {
        units.append(bytes[i] == 0 ? '0' : (char) bytes[i]);
        for (int j = i; j < i + 512; j++) {
          assertEquals(bytes[i], bytes[j]);
        }
      }
      seen.add(units.toString());
    }
    assertTrue(
        seen.containsAll(List.of("aa", "bb", "ab", "ba", "bbcc", "aacc", "bb00", "aa0c", "ba0c")),
        seen.toString());
    for (String units : seen) {
      assertTrue(units.matches("[ab][ab]([0c][0c])?"), units);
    }
  }

  @Test
  void sync_afterFailedSync_doesNotBringTheLostPagesBack() throws IOException {
    boolean lost = false;
    for (int seed = 0; seed < 20; seed++) {
      var crashing = new SimulatedDisk(new Random(1));
      DiskFile file = crashing.create("a");
      crashing.syncDirectory();
      file.write(filled(512, 'a'), 0);
      crashing.plan(FaultPlan.at(crashing.steps() + 1, Fault.FAIL));
      assertThrows(IOException.class, file::sync);
      file.sync();
      assertEquals('a', crashing.contents("a")[0]);
      crashing.crash(new Random(seed * 0x9E3779B97F4A7C15L));
      assertEquals(512, crashing.contents("a").length);
      lost |= crashing.contents("a")[0] == 0;
    }
    assertTrue(lost);
  }

  @Test
  void plan_eachFault_doesWhatItSays() throws IOException {
    Map<Fault, Integer> torn = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      var failing = new SimulatedDisk(new Random(7));
      DiskFile file = failing.create("a");
      failing.plan(FaultPlan.at(2, fault));
      switch (fault) {
        case NONE, DROP -> file.write(filled(2000, 'a'), 0);
        case FAIL, FULL, TEAR, TEAR_AT_SECTOR, STOP ->
            assertThrows(IOException.class, () -> file.write(filled(2000, 'a'), 0));
      }
      torn.put(fault, failing.contents("a").length);
      if (fault == Fault.STOP) {
        assertThrows(IOException.class, file::size);
        assertThrows(IOException.class, failing::list);
        failing.crash(new Random(1));
        assertEquals(List.of(), failing.list());
      } else {
        file.write(filled(1, 'b'), 0);
      }
    }
    assertEquals(2000, torn.get(Fault.NONE));
    assertEquals(0, torn.get(Fault.FAIL));
    assertEquals(0, torn.get(Fault.DROP));
    assertEquals(1000, torn.get(Fault.STOP));
    assertEquals(0, torn.getOrDefault(Fault.TEAR_AT_SECTOR, -1) % 512);
  }

  @Test
  void capacity_exceeded_failsWithNoSpaceUntilSomethingIsFreed() throws IOException {
    DiskFile file = disk.create("a");
    disk.capacity(1000);
    file.write(filled(900, 'a'), 0);
    DiskFile other = disk.create("b");
    IOException full = assertThrows(IOException.class, () -> other.write(filled(200, 'b'), 0));
    assertEquals("No space left on device", full.getMessage());
    assertEquals(100, other.size());
    file.truncate(0);
    other.write(filled(200, 'b'), 100);
    assertEquals(300, disk.usedBytes());
  }

  @Test
  void handle_afterCrash_isDead() throws IOException {
    DiskFile file = disk.create("a");
    disk.syncDirectory();
    disk.crash(new Random(1));
    assertThrows(IOException.class, file::size);
    disk.open("a").write(bytes("x"), 0);
  }

  private static ByteBuffer filled(int bytes, char with) {
    ByteBuffer buffer = ByteBuffer.allocate(bytes);
    while (buffer.hasRemaining()) {
      buffer.put((byte) with);
    }
    return buffer.flip();
  }
}
