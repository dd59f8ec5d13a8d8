package org.salvusfs.daemon.crash;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.salvusfs.blockstore.disk.SimulatedDisk;

/**
 * Promises 2, 3 and 4 on simulated storage: power cuts under packs and logs, at any step, drop what
 * was not synced. {@code -Dsalvus.full=true} runs the promised numbers.
 */
@Tag("promise")
class SimCrashTest {
  private static final boolean FULL = Boolean.getBoolean("salvus.full");

  /** A fixed list of operations, recorded like a load's. */
  private static final class Script implements Recorded {
    private final Target target;
    private final List<Journaled> journal = new ArrayList<>();
    private final AtomicLong clock = new AtomicLong();
    private final Map<String, Integer> names = new HashMap<>();

    Script(Target target) {
      this.target = target;
    }

    @Override
    public Target target() {
      return target;
    }

    @Override
    public List<Journaled> journal() {
      return journal;
    }

    interface Action {
      void run() throws IOException;
    }

    void run(Op op, Action action) throws IOException {
      var entry = new Journaled(op, clock.incrementAndGet());
      journal.add(entry);
      action.run();
      entry.finished = clock.incrementAndGet();
    }

    void create(String name, int file) throws IOException {
      run(new Op.Create(name, file), () -> target.create(name));
      names.put(name, file);
    }

    void write(String name, int offset, byte[] data) throws IOException {
      run(new Op.Write(file(name), offset, data), () -> target.write(name, offset, data));
    }

    void truncate(String name, int size) throws IOException {
      run(new Op.Truncate(file(name), size), () -> target.truncate(name, size));
    }

    void fsync(String name) throws IOException {
      run(new Op.Fsync(file(name)), () -> target.fsync(name, false));
    }

    void rename(String from, String to) throws IOException {
      int file = file(from);
      run(new Op.Rename(from, to), () -> target.rename(from, to));
      names.remove(from);
      names.put(to, file);
    }

    void link(String from, String to) throws IOException {
      int file = file(from);
      run(new Op.Link(from, to), () -> target.link(from, to));
      names.put(to, file);
    }

    void remove(String name, boolean directory) throws IOException {
      if (!directory) {
        file(name);
      }
      run(new Op.Remove(name), () -> target.remove(name, directory));
      names.remove(name);
    }

    boolean removed(String name) {
      return journal.stream()
          .anyMatch(entry -> entry.op instanceof Op.Remove(String gone) && gone.equals(name));
    }

    /** The file behind a name, which an earlier operation may have taken away. */
    private int file(String name) throws NoSuchFileException {
      Integer file = names.get(name);
      if (file == null) {
        throw new NoSuchFileException(name);
      }
      return file;
    }
  }

  private static byte[] bytes(Random random, int length) {
    byte[] data = new byte[length];
    random.nextBytes(data);
    for (int i = 0; i < length; i++) {
      data[i] |= 1;
    }
    return data;
  }

  /** Looks at the same names through the filesystem that was opened after a cut. */
  private record Reopened(Recorded before, Target target) implements Recorded {
    @Override
    public List<Journaled> journal() {
      return before.journal();
    }
  }

  private static void verify(SimStack stack, Recorded work, String what) throws IOException {
    var after = new Reopened(work, new VfsTarget(stack.fileSystem()));
    assertEquals(List.of(), new CrashVerifier(List.of(after)).verify(), what);
    assertEquals(List.of(), stack.check(), what);
  }

  @Test
  @Tag("promise-2")
  void powerCuts_atAnyStepOfALoad_loseNothingAcknowledged() throws Exception {
    int rounds = FULL ? 500 : 60;
    for (long seed = 0; seed < rounds; seed++) {
      var random = new Random(seed);
      var stack = new SimStack(random);
      var load = new CrashLoad(new VfsTarget(stack.fileSystem()), seed, new AtomicLong());
      SimulatedDisk victim = random.nextInt(3) == 0 ? stack.packs : stack.logs;
      victim.plan(
          SimulatedDisk.FaultPlan.at(
              victim.steps() + 1 + random.nextInt(150), SimulatedDisk.Fault.STOP));
      load.run();
      stack.cutPower();
      stack.start();
      verify(stack, load, "seed " + seed);
      // What recovery made must survive the next cut too.
      stack.cutPower();
      stack.start();
      verify(stack, load, "seed " + seed + ", second cut");
      stack.cutPower();
    }
  }

  @Test
  @Tag("promise-3")
  void shortSequences_cutAfterAnyOperation_areReachable() throws Exception {
    int sampled = FULL ? 5000 : 250;
    for (int first = 0; first < OPERATIONS; first++) {
      sequence(first, new Random(first), List.of(first));
    }
    for (long seed = 0; seed < sampled; seed++) {
      var random = new Random(1000 + seed);
      var operations = new ArrayList<Integer>();
      for (int i = 2 + random.nextInt(2); i > 0; i--) {
        operations.add(random.nextInt(OPERATIONS));
      }
      sequence(1000 + seed, random, operations);
    }
  }

  private static final int OPERATIONS = 16;

  private static void sequence(long seed, Random random, List<Integer> operations)
      throws Exception {
    var stack = new SimStack(random);
    var script = new Script(new VfsTarget(stack.fileSystem()));
    script.create("a", 1);
    script.write("a", 0, bytes(random, 5000));
    script.create("b", 2);
    script.write("b", 0, bytes(random, 100));
    script.run(new Op.Mkdir("d"), () -> script.target().mkdir("d"));
    stack.commit();
    script.fsync("a");
    script.fsync("b");
    int number = 10;
    for (int operation : operations) {
      try {
        operate(script, operation, number++, random);
      } catch (NoSuchFileException e) {
        // An earlier operation took the name away: this one is none.
        assertTrue(operations.size() > 1);
      }
    }
    stack.cutPower();
    stack.start();
    verify(stack, script, "seed " + seed + ", operations " + operations);
    stack.cutPower();
  }

  private static void operate(Script script, int operation, int number, Random random)
      throws IOException {
    Target target = script.target();
    String fresh = "n" + number;
    switch (operation) {
      case 0 -> script.create(fresh, number);
      case 1 -> {
        script.create(fresh, number);
        script.write(fresh, 0, bytes(random, 70_000));
        script.fsync(fresh);
      }
      case 2 -> script.write("a", 3000, bytes(random, 4000));
      case 3 -> script.write("a", 100_000, bytes(random, 10));
      case 4 -> script.write("b", 50, bytes(random, 4000));
      case 5 -> script.truncate("a", 1000);
      case 6 -> script.truncate("a", 9000);
      case 7 -> script.fsync("a");
      case 8 -> script.fsync("b");
      case 9 -> script.run(new Op.FsyncDirectory(), target::fsyncDirectory);
      case 10 -> script.rename("b", fresh);
      case 11 -> script.rename("b", "a");
      case 12 -> script.link("a", fresh);
      case 13 -> script.remove("b", false);
      case 14 -> {
        if (!script.removed("d")) {
          script.remove("d", true);
        }
      }
      case 15 -> script.run(new Op.Symlink(fresh, "a"), () -> target.symlink(fresh, "a"));
      default -> throw new IllegalArgumentException("no operation " + operation);
    }
  }

  @Test
  @Tag("promise-4")
  void replacingAFile_isAtomic_withAndWithoutFsync() throws Exception {
    int rounds = FULL ? 10_000 : 300;
    for (long seed = 0; seed < rounds; seed++) {
      var random = new Random(seed);
      var stack = new SimStack(random);
      var script = new Script(new VfsTarget(stack.fileSystem()));
      script.create("file", 0);
      script.write("file", 0, bytes(random, 1 + random.nextInt(10_000)));
      script.fsync("file");
      stack.logs.plan(
          SimulatedDisk.FaultPlan.at(
              stack.logs.steps() + random.nextInt(20), SimulatedDisk.Fault.STOP));
      try {
        for (int i = 1; i < 6; i++) {
          script.create("temporary", i);
          script.write("temporary", 0, bytes(random, 1 + random.nextInt(100_000)));
          if (random.nextBoolean()) {
            script.fsync("temporary");
          }
          script.rename("temporary", "file");
          if (random.nextInt(3) == 0) {
            script.run(new Op.FsyncDirectory(), script.target()::fsyncDirectory);
          }
          if (random.nextInt(4) == 0) {
            stack.commit();
          }
        }
      } catch (IOException e) {
        assertEquals(false, script.journal().getLast().isFinished());
      }
      stack.cutPower();
      stack.start();
      verify(stack, script, "seed " + seed);
      stack.cutPower();
    }
  }
}
