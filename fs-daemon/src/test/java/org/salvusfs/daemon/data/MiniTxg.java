package org.salvusfs.daemon.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Change;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.Keys;
import org.salvusfs.metadata.txg.Contents;
import org.salvusfs.metadata.txg.Tx;

/**
 * Plays the transaction engine around {@link FileContents}: an open overlay over a syncing one over
 * a committed map, a log of captures, and a commit whose steps can be run one by one, failed,
 * repeated and interrupted by a crash.
 */
final class MiniTxg {
  private static final byte[] TOMBSTONE = {};

  /** A committed tree and the group it is of; immutable. */
  private record Tree(long txg, TreeMap<Key, byte[]> items) {}

  private static final class Overlay {
    final long txg;
    final ConcurrentSkipListMap<Key, byte[]> items = new ConcurrentSkipListMap<>();

    final Set<Long> reaped = ConcurrentHashMap.newKeySet();

    Overlay(long txg) {
      this.txg = txg;
    }

    boolean isEmpty() {
      return items.isEmpty() && reaped.isEmpty();
    }

    @SuppressWarnings("ReferenceEquality") // the tombstone is an object, not a value
    void over(Map<Key, byte[]> below, Key from, Key to) {
      if (!reaped.isEmpty()) {
        below.keySet().removeIf(key -> reaped.contains(key.inode()));
      }
      items
          .subMap(from, to)
          .forEach(
              (key, value) -> {
                if (value == TOMBSTONE) {
                  below.remove(key);
                } else {
                  below.put(key, value);
                }
              });
    }
  }

  private record State(Tree tree, @Nullable Overlay syncing, Overlay open) {}

  private final FakeChunks chunks;
  private final Function<View, FileContents> maker;
  private final List<Contents.Capture> log = new ArrayList<>();
  private volatile State state;
  private FileContents contents;
  private @Nullable List<Change> written;
  long bytesUsed;

  MiniTxg(FakeChunks chunks, Function<View, FileContents> maker) {
    this.chunks = chunks;
    this.maker = maker;
    this.state = new State(new Tree(0, new TreeMap<>()), null, new Overlay(1));
    this.contents = maker.apply(live());
  }

  FileContents contents() {
    return contents;
  }

  long openTxg() {
    return state.open.txg;
  }

  long committedTxg() {
    return state.tree.txg;
  }

  boolean isSyncing() {
    return state.syncing != null;
  }

  View live() {
    return view(() -> state);
  }

  View committed() {
    return view(() -> new State(state.tree, null, new Overlay(0)));
  }

  Tx begin() {
    return new MiniTx(state.open);
  }

  /** Step 1: the open group closes, the next one opens. */
  void close() {
    State s = state;
    if (s.syncing != null) {
      throw new IllegalStateException("still syncing");
    }
    state = new State(s.tree, s.open, new Overlay(s.open.txg + 1));
  }

  /** Step 2, repeatable. */
  void writeOut() throws IOException {
    State s = state;
    Overlay syncing = syncing(s);
    var frozen = new State(s.tree, null, syncing);
    written = contents.writeOut(syncing.txg, committed(), view(() -> frozen));
    chunks.sync();
  }

  /** Step 3: the new tree becomes visible. */
  void swap() {
    State s = state;
    Overlay syncing = syncing(s);
    var items = new TreeMap<>(s.tree.items);
    syncing.over(items, Keys.first(0, (byte) 0), Keys.end(Long.MAX_VALUE));
    for (Change change : written == null ? List.<Change>of() : written) {
      if (change.value() == null) {
        items.remove(change.key());
      } else {
        items.put(change.key(), change.value());
      }
    }
    state = new State(new Tree(syncing.txg, items), null, s.open);
  }

  /** Step 4: the layers go, and what the log holds of them. */
  void committedStep() {
    contents.committed(state.tree.txg);
    log.removeIf(capture -> capture.txg() <= state.tree.txg);
  }

  void commit() throws IOException {
    close();
    writeOut();
    swap();
    committedStep();
  }

  /** Makes captures durable. */
  void append(List<Contents.Capture> captures) {
    chunks.sync();
    log.addAll(captures);
  }

  /**
   * Everything in memory is lost. What {@code namespace} does is what the log's namespace entries
   * would restore; then the captures above the committed group are replayed.
   */
  void crash(Function<MiniTxg, Long> namespace) throws IOException {
    chunks.crash();
    Tree tree = state.tree;
    log.removeIf(capture -> capture.txg() <= tree.txg);
    long highest = log.stream().mapToLong(Contents.Capture::txg).max().orElse(tree.txg);
    state = new State(tree, null, new Overlay(highest + 1));
    contents = maker.apply(live());
    bytesUsed = namespace.apply(this);
    for (Contents.Capture capture : log) {
      try (Tx tx = begin()) {
        contents.replay(tx, capture.inode(), capture.payload());
        tx.apply();
      }
    }
  }

  private static Overlay syncing(State s) {
    if (s.syncing == null) {
      throw new IllegalStateException("nothing is syncing");
    }
    return s.syncing;
  }

  private static NavigableMap<Key, byte[]> range(State s, Key from, Key to) {
    NavigableMap<Key, byte[]> tree = s.tree.items.subMap(from, true, to, false);
    if (s.syncing == null && s.open.isEmpty()) {
      return tree;
    }
    var items = new TreeMap<>(tree);
    if (s.syncing != null) {
      s.syncing.over(items, from, to);
    }
    s.open.over(items, from, to);
    return items;
  }

  private interface States {
    State now();
  }

  private static View view(States states) {
    return new View() {
      @Override
      public byte @Nullable [] get(Key key) {
        return range(states.now(), key, Keys.after(key)).get(key);
      }

      @Override
      public Cursor scan(Key from, Key to) {
        return new MapCursor(range(states.now(), from, to));
      }
    };
  }

  private final class MiniTx implements Tx {
    private final Overlay overlay;
    private final Map<Key, byte[]> changes = new TreeMap<>();
    private final Set<Long> reaped = new HashSet<>();
    private long bytes;

    MiniTx(Overlay overlay) {
      this.overlay = overlay;
    }

    @Override
    public long txg() {
      return overlay.txg;
    }

    @Override
    public View view() {
      return live();
    }

    @Override
    public void put(Key key, byte[] value) {
      changes.put(key, value);
    }

    @Override
    public void delete(Key key) {
      changes.put(key, TOMBSTONE);
    }

    @Override
    public void reap(long inode) {
      reaped.add(inode);
    }

    @Override
    public void carryContents(long inode) {}

    @Override
    public void addUsage(long addBytes, long inodes) {
      bytes += addBytes;
    }

    @Override
    public void apply() {
      overlay.items.putAll(changes);
      overlay.items.keySet().removeIf(key -> reaped.contains(key.inode()));
      overlay.reaped.addAll(reaped);
      bytesUsed += bytes;
    }

    @Override
    public void close() {}
  }
}
