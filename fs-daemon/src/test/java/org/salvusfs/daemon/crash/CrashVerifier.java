package org.salvusfs.daemon.crash;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Compares directories after a crash with the logs of the loads that worked in them.
 *
 * <p>Promised: the namespace is a prefix of the operations issued, across all threads; everything
 * that was finished before an acknowledged fsync began is part of it; each file's contents are its
 * own state at one moment (between two requests), not before its last acknowledged fsync, nor, if
 * it was renamed over another, before that rename.
 */
final class CrashVerifier {
  /** What a name stands for: a file's number, or a directory, or a symlink with its target. */
  private record Entry(int file, @Nullable String target) {
    static final Entry DIRECTORY = new Entry(-1, null);
  }

  /** A prefix of a thread's namespace operations that may be what survived. */
  private record Prefix(Recorded load, List<Journaled> namespace, int length) {
    List<Journaled> operations() {
      return namespace.subList(0, length);
    }
  }

  /**
   * How much of a thread's work survived. Work may leave no trace (a file made and removed again):
   * then more than one prefix explains what is there, and the truth lies in between.
   */
  private record Survived(Prefix shortest, Prefix longest) {
    long lastStarted() {
      return shortest.length() == 0 ? 0 : shortest.namespace().get(shortest.length() - 1).started;
    }

    long firstLostFinished() {
      return longest.length() == longest.namespace().size()
          ? Journaled.UNFINISHED
          : longest.namespace().get(longest.length()).finished;
    }

    Target target() {
      return longest.load().target();
    }
  }

  private static final int PAGE = 4096;

  private final List<? extends Recorded> loads;
  private int operations;
  private int fsyncs;

  CrashVerifier(List<? extends Recorded> loads) {
    this.loads = loads;
  }

  /** A line for the report: how much was there to be lost. */
  String summary() {
    return operations + " operations, " + fsyncs + " acknowledged fsyncs";
  }

  /** All violations, in words; empty if every promise held. */
  List<String> verify() throws IOException {
    var violations = new ArrayList<String>();
    long durable = lastAcknowledgedFsyncStart();
    var survivors = new ArrayList<Survived>();
    for (Recorded load : loads) {
      operations += load.journal().size();
      Survived survived = survived(load, durable, violations);
      if (survived != null) {
        survivors.add(survived);
      }
    }
    verifyOrderAcrossThreads(survivors, violations);
    return violations;
  }

  private long lastAcknowledgedFsyncStart() {
    long last = 0;
    for (Recorded load : loads) {
      for (Journaled entry : load.journal()) {
        if (isFsync(entry.op) && entry.isFinished()) {
          fsyncs++;
          last = Math.max(last, entry.started);
        }
      }
    }
    return last;
  }

  private static boolean isFsync(Op op) {
    return op instanceof Op.Fsync || op instanceof Op.FsyncDirectory;
  }

  /** Which prefixes explain the names and the contents that are there; null if none does. */
  private static @Nullable Survived survived(Recorded load, long durable, List<String> violations)
      throws IOException {
    List<Journaled> namespace =
        load.journal().stream().filter(entry -> entry.op instanceof Op.Namespace).toList();
    Map<String, Object> actual = load.target().names();
    var model = new TreeMap<String, Entry>();
    int mustHave = (int) namespace.stream().filter(entry -> entry.finished < durable).count();
    var candidates = new ArrayList<Prefix>();
    for (int k = 0; k <= namespace.size(); k++) {
      if (k > 0) {
        apply(model, (Op.Namespace) namespace.get(k - 1).op);
      }
      if (k >= mustHave && matches(model, actual)) {
        candidates.add(new Prefix(load, namespace, k));
      }
    }
    List<String> contradictions =
        List.of(
            load.target()
                + ": its "
                + actual.size()
                + " names are no prefix (of at least "
                + mustHave
                + ") of the "
                + namespace.size()
                + " operations issued; names: "
                + actual.keySet());
    var explanations = new ArrayList<Prefix>();
    for (Prefix candidate : candidates) {
      List<String> against = contradictions(candidate);
      if (against.isEmpty()) {
        explanations.add(candidate);
      } else {
        contradictions = against;
      }
    }
    if (explanations.isEmpty()) {
      violations.addAll(contradictions);
      return null;
    }
    return new Survived(explanations.getFirst(), explanations.getLast());
  }

  private static void apply(Map<String, Entry> model, Op.Namespace op) {
    switch (op) {
      case Op.Create(String name, int file) -> model.put(name, new Entry(file, null));
      case Op.Mkdir(String name) -> model.put(name, Entry.DIRECTORY);
      case Op.Remove(String name) -> model.remove(name);
      case Op.Rename(String from, String to) -> model.put(to, model.remove(from));
      case Op.Link(String from, String to) -> model.put(to, model.get(from));
      case Op.Symlink(String name, String target) -> model.put(name, new Entry(-2, target));
    }
  }

  private static boolean matches(Map<String, Entry> model, Map<String, Object> actual) {
    if (!model.keySet().equals(actual.keySet())) {
      return false;
    }
    var inodes = new HashMap<Integer, Object>();
    for (var entry : model.entrySet()) {
      Object is = actual.get(entry.getKey());
      Entry should = entry.getValue();
      boolean same =
          should.target() != null
              ? should.target().equals(is)
              : should.file() < 0
                  ? "directory".equals(is)
                  : is instanceof Long && is.equals(inodes.computeIfAbsent(should.file(), n -> is));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  /** What the contents say against a prefix. */
  private static List<String> contradictions(Prefix survived) throws IOException {
    var violations = new ArrayList<String>();
    var model = new TreeMap<String, Entry>();
    var contentsAtLeast = new HashMap<Integer, Long>();
    for (Journaled entry : survived.operations()) {
      if (entry.op instanceof Op.Rename(String from, String to) && model.containsKey(to)) {
        contentsAtLeast.put(requireNonNull(model.get(from)).file(), entry.started);
      }
      apply(model, (Op.Namespace) entry.op);
    }
    for (Journaled entry : survived.load().journal()) {
      if (entry.op instanceof Op.Fsync(int file) && entry.isFinished()) {
        contentsAtLeast.merge(file, entry.started, Math::max);
      }
    }
    for (var entry : model.entrySet()) {
      int file = entry.getValue().file();
      if (file >= 0) {
        String violation =
            verifyFile(
                survived.load().target(),
                entry.getKey(),
                file,
                contentsAtLeast.getOrDefault(file, 0L),
                survived.load().journal());
        if (violation != null) {
          violations.add(violation);
        }
      }
    }
    return violations;
  }

  private static @Nullable String verifyFile(
      Target target, String name, int file, long atLeast, List<Journaled> journal)
      throws IOException {
    byte[] actual = target.read(name);
    byte[] state = new byte[0];
    int versions = 0;
    boolean found = false;
    for (Journaled entry : journal) {
      if (entry.op instanceof Op.Content content && content.file() == file) {
        if (entry.started > atLeast) {
          found |= Arrays.equals(state, actual) || isPartOfWrite(state, content, actual);
        }
        versions++;
        state = apply(state, content);
      }
    }
    if (found || Arrays.equals(state, actual)) {
      return null;
    }
    int zeros = 0;
    for (byte b : actual) {
      zeros += b == 0 ? 1 : 0;
    }
    return target
        + " "
        + name
        + ": its "
        + actual.length
        + " bytes ("
        + zeros
        + " zero) are none of the states of "
        + versions
        + " changes since what was durable; the last state has "
        + state.length
        + " bytes";
  }

  /**
   * Whether a write was cut short where a page of the file ends: the kernel hands a long write to
   * the daemon in several requests, and each of them is an operation of its own.
   */
  private static boolean isPartOfWrite(byte[] state, Op.Content op, byte[] actual) {
    if (!(op instanceof Op.Write(int _, int offset, byte[] data))) {
      return false;
    }
    for (int end = (offset / PAGE + 1) * PAGE; end < offset + data.length; end += PAGE) {
      if (actual.length == Math.max(state.length, end)
          && Arrays.equals(
              actual,
              apply(state, new Op.Write(op.file(), offset, Arrays.copyOf(data, end - offset))))) {
        return true;
      }
    }
    return false;
  }

  private static byte[] apply(byte[] state, Op.Content op) {
    return switch (op) {
      case Op.Truncate(int file, int size) -> Arrays.copyOf(state, size);
      case Op.Write(int file, int offset, byte[] data) -> {
        byte[] next = Arrays.copyOf(state, Math.max(state.length, offset + data.length));
        System.arraycopy(data, 0, next, offset, data.length);
        yield next;
      }
    };
  }

  /** If an operation survived, so did every one that was finished before it began. */
  private static void verifyOrderAcrossThreads(List<Survived> survivors, List<String> violations) {
    for (Survived a : survivors) {
      for (Survived b : survivors) {
        if (a.firstLostFinished() < b.lastStarted()) {
          violations.add(
              a.target()
                  + " lost an operation finished at "
                  + a.firstLostFinished()
                  + " although "
                  + b.target()
                  + " kept one begun at "
                  + b.lastStarted());
        }
      }
    }
  }
}
