package org.salvusfs.daemon.proof;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.stack.DevStack;
import org.salvusfs.metadata.api.Head;

/**
 * Promise 7, detection: bits are flipped at random in packs and in tree nodes of an installation
 * that is stopped. After a start, with cold caches, every file that needs a damaged block cannot be
 * read, and says EIO; every other one is right; the log and the check name the damaged blocks.
 */
@Tag("mount")
@Tag("promise")
@Tag("promise-7")
class DamageIT {
  private static final int ROUNDS = Proof.FULL ? 40 : 1;
  private static final int FLIPS = 25;
  private static final int SMALL_FILES = 600;
  private static final int LARGE_FILES = 60;
  private static final long INODE_MASK = (1L << 40) - 1;
  private static final Pattern ID = Pattern.compile("\\b[0-9a-f]{64}\\b");

  @TempDir Path directory;

  private final Random random = Proof.random();

  /** Path below the home → contents. */
  private final Map<Path, byte[]> contents = new HashMap<>();

  private final Map<Path, Long> inodes = new HashMap<>();
  private int unreadable;
  private int listed;

  @Test
  void bitFlips_inPacksAndNodes_areFoundAndNeverServed() throws Exception {
    try (var stack = new DevStack(directory.resolve("stack"))) {
      stack.start();
      fill(stack.home());
      assertEquals(0, stack.stop(), stack.errors());

      var layout = Layout.of(stack.data());
      var packs = new PackFiles(layout.packs(), layout.index(), directory.resolve("copy"));
      Map<BlockId, byte[]> replaced = new HashMap<>();
      int flips = 0;
      // One more round damages the root alone: the project cannot even be opened.
      for (int round = 0; round <= ROUNDS; round++) {
        Set<BlockId> damaged = new HashSet<>();
        Anatomy anatomy;
        try (var state = StoredState.of(stack)) {
          state.metadata().nodes().put(replaced);
          Head head = state.head("demo");
          anatomy = state.anatomy(head);
          if (round == ROUNDS) {
            damaged.add(flipNode(state, head.root(), replaced));
          }
          for (int i = 0; round < ROUNDS && i < FLIPS; i++, flips++) {
            if (random.nextInt(3) > 0) {
              packs.flip(random).filter(anatomy::isLive).ifPresent(damaged::add);
            } else {
              List<BlockId> nodes = anatomy.nodes();
              damaged.add(flipNode(state, nodes.get(random.nextInt(nodes.size())), replaced));
            }
          }
        }
        verifyDamaged(stack, anatomy, damaged);
        packs.restore();
      }
      try (var state = StoredState.of(stack)) {
        state.metadata().nodes().put(replaced);
      }
      verifySound(stack);
      System.out.printf(
          "%d flips: %d reads refused, %d findings of the check, 0 wrong bytes%n",
          flips, unreadable, listed);
    }
  }

  private void fill(Path home) throws IOException {
    for (int d = 0; d < 8; d++) {
      Files.createDirectories(home.resolve("d" + d + "/inner"));
    }
    for (int i = 0; i < SMALL_FILES + LARGE_FILES; i++) {
      byte[] bytes = new byte[1 + random.nextInt(i < SMALL_FILES ? 3000 : 700_000)];
      random.nextBytes(bytes);
      Path name = Path.of("d" + i % 8 + (i % 3 == 0 ? "/inner" : ""), "f" + i);
      Path file = Files.write(home.resolve(name), bytes);
      contents.put(name, bytes);
      inodes.put(name, (Long) Files.getAttribute(file, "unix:ino") & INODE_MASK);
    }
  }

  private BlockId flipNode(StoredState state, BlockId id, Map<BlockId, byte[]> replaced)
      throws IOException {
    var nodes = state.metadata().nodes();
    byte[] sound = nodes.get(id);
    replaced.putIfAbsent(id, sound);
    byte[] flipped = sound.clone();
    flipped[random.nextInt(flipped.length)] ^= (byte) (1 << random.nextInt(8));
    nodes.put(Map.of(id, flipped));
    return id;
  }

  private void verifyDamaged(DevStack stack, Anatomy anatomy, Set<BlockId> damaged)
      throws Exception {
    int before = log(stack).length();
    stack.start();
    int failed = 0;
    for (Path name : shuffled()) {
      Set<BlockId> needed = anatomy.neededBy(inode(name));
      boolean hit = !Collections.disjoint(needed, damaged);
      try {
        assertArrayEquals(contents.get(name), Files.readAllBytes(stack.home().resolve(name)));
        assertTrue(!hit, () -> name + " was read without a damaged block");
      } catch (IOException e) {
        assertTrue(Proof.isEio(e), () -> name + ": " + e);
        boolean near = !Collections.disjoint(anatomy.touchedBy(inode(name)), damaged);
        assertTrue(hit || near, () -> name + " needs nothing that is damaged: " + stack.errors());
        failed++;
      }
    }
    unreadable += failed;
    var logged =
        log(stack)
            .substring(before)
            .lines()
            .filter(line -> line.contains(": EIO: "))
            .flatMap(line -> ids(line).stream())
            .collect(Collectors.toSet());
    assertEquals(failed > 0, !logged.isEmpty(), "the log names blocks");
    assertTrue(damaged.containsAll(logged), () -> logged + " logged, damaged are " + damaged);

    var check = stack.run("check", "demo");
    Set<BlockId> found = ids(check.output());
    Set<BlockId> reachable = anatomy.reachable(damaged);
    assertEquals(reachable, found, check.output());
    assertEquals(reachable.isEmpty(), check.exit() == 0, check.output());
    listed += found.size();
    assertEquals(0, stack.stop(), stack.errors());
  }

  private void verifySound(DevStack stack) throws Exception {
    stack.start();
    for (Path name : shuffled()) {
      assertArrayEquals(contents.get(name), Files.readAllBytes(stack.home().resolve(name)));
    }
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
  }

  private long inode(Path name) {
    Long inode = inodes.get(name);
    if (inode == null) {
      throw new IllegalStateException(name + " was not written");
    }
    return inode;
  }

  private List<Path> shuffled() {
    var names = new ArrayList<>(contents.keySet());
    Collections.sort(names);
    Collections.shuffle(names, random);
    return names;
  }

  private static Set<BlockId> ids(String text) {
    return ID.matcher(text)
        .results()
        .map(match -> BlockId.parse(match.group()))
        .collect(Collectors.toSet());
  }

  private static String log(DevStack stack) throws IOException {
    Path file = Layout.of(stack.data()).logs().resolve("daemon.log");
    return Files.readString(file, StandardCharsets.UTF_8);
  }
}
