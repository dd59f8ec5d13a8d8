package org.salvusfs.daemon.data;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.daemon.crew.Crew;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.txg.Contents;

/**
 * Takes what a file's layers hold that the intent log does not, as of one moment.
 *
 * <p>Nothing is copied under the file's lock: intervals are pinned there, so that writers leave
 * their arrays alone, and encoded or stored without it. When there is more than {@link
 * #LOGGED_BYTES_MAX} to log, it is stored as chunks, and the log gets their ids. Long runs then
 * replace their arrays in the layer by the chunks, unless they were changed meanwhile or the layer
 * is frozen; short ones, which a commit would store again anyway, share chunks made for the log
 * alone and stay in memory.
 */
final class Capturer {
  /** More than that is not put into a log record but stored as chunks. */
  static final int LOGGED_BYTES_MAX = 64 << 10;

  private final Chunks chunks;
  private final DirtyFiles files;
  private final Executor workers;
  private final int parallelism;

  Capturer(Chunks chunks, DirtyFiles files, Executor workers, int parallelism) {
    this.chunks = chunks;
    this.files = files;
    this.workers = workers;
    this.parallelism = parallelism;
  }

  /** See {@link Contents#capture}. */
  List<Contents.Capture> capture(long inode, View view) throws IOException {
    DirtyFile file = files.find(inode);
    InodeItem item = file == null ? null : WriteOut.regular(view, inode);
    if (file == null || item == null) {
      return List.of();
    }
    var snapshots = new ArrayList<Snapshot>();
    file.forEachLayer(
        layer -> {
          if (!layer.marks().isEmpty()) {
            snapshots.add(new Snapshot(files, file, layer));
          }
        });
    try {
      var captures = new ArrayList<Contents.Capture>();
      for (Snapshot snapshot : snapshots) {
        List<Piece> pieces = snapshot.pieces;
        if (snapshot.memoryBytes() > LOGGED_BYTES_MAX) {
          pieces = store(snapshot);
        }
        var payload =
            new CaptureCodec.Payload(
                snapshot.sizeBytes, item.mtimeNanos(), item.ctimeNanos(), snapshot.cut, pieces);
        captures.add(
            new Contents.Capture(
                snapshot.layer.txg(), inode, CaptureCodec.encode(payload), snapshot::logged));
      }
      return captures;
    } finally {
      snapshots.forEach(snapshot -> snapshot.pinned.unpin());
    }
  }

  /** What a layer had to log at one moment; its arrays are pinned until {@link Pinned#unpin}. */
  private static final class Snapshot {
    final DirtyFile file;
    final Layer layer;
    final List<Piece> pieces;
    final Pinned pinned;
    final long sizeBytes;
    final long cut;
    final int epoch;

    /** Called under the file's lock. */
    Snapshot(DirtyFiles files, DirtyFile file, Layer layer) {
      this.file = file;
      this.layer = layer;
      this.pieces = layer.unlogged();
      this.sizeBytes = layer.sizeBytes();
      this.cut = layer.marks().cut();
      this.epoch = layer.marks().endEpoch();
      this.pinned = new Pinned(files, file, layer, pieces);
    }

    long memoryBytes() {
      return pieces.stream()
          .filter(Piece.Memory.class::isInstance)
          .mapToLong(Piece::lengthBytes)
          .sum();
    }

    void logged() {
      file.onLayer(layer, () -> layer.marks().logged(epoch));
    }
  }

  private record Run(List<Piece> pieces, ChunkRun chunks) {}

  private List<Piece> store(Snapshot snapshot) throws IOException {
    var crew = new Crew(workers, parallelism);
    var gathered = new ArrayList<Piece>();
    var runs = new ArrayList<Run>();
    var pieces = new ArrayList<Piece>();
    for (List<Piece> run : memoryRuns(snapshot.pieces, pieces)) {
      if (run.getLast().end() - run.getFirst().offset() < chunks.chunkBytesMax() / 16) {
        gathered.addAll(run);
      } else {
        runs.add(store(run, crew));
      }
    }
    Run scattered = store(gathered, crew);
    crew.finish();
    for (Run run : runs) {
      List<Piece.InChunk> stored = locate(run);
      pieces.addAll(stored);
      snapshot.pinned.replace(stored);
    }
    pieces.addAll(locate(scattered));
    pieces.sort((a, b) -> Long.compare(a.offset(), b.offset()));
    return pieces;
  }

  private Run store(List<Piece> pieces, Crew crew) {
    var run = new ChunkRun(chunks, crew);
    crew.add(() -> run.store(pieces));
    return new Run(pieces, run);
  }

  /** Contiguous pieces in memory; the others go to {@code rest}. */
  private static List<List<Piece>> memoryRuns(List<Piece> pieces, List<Piece> rest) {
    var runs = new ArrayList<List<Piece>>();
    for (Piece piece : pieces) {
      if (!(piece instanceof Piece.Memory)) {
        rest.add(piece);
      } else if (!runs.isEmpty() && runs.getLast().getLast().end() == piece.offset()) {
        runs.getLast().add(piece);
      } else {
        runs.add(new ArrayList<>(List.of(piece)));
      }
    }
    return runs;
  }

  /** Which part of the file each chunk of a run holds; a chunk of scattered pieces holds many. */
  private static List<Piece.InChunk> locate(Run run) {
    var located = new ArrayList<Piece.InChunk>();
    var chunks = run.chunks.stored().iterator();
    ChunkRun.Chunk chunk = null;
    int used = 0;
    for (Piece piece : run.pieces) {
      for (long at = piece.offset(); at < piece.end(); ) {
        if (chunk == null || used == chunk.length()) {
          chunk = chunks.next();
          used = 0;
        }
        int count = (int) Math.min(piece.end() - at, chunk.length() - used);
        Piece.InChunk last = located.isEmpty() ? null : located.getLast();
        if (last != null && used > 0 && last.end() == at) {
          located.removeLast();
          located.add(
              new Piece.InChunk(
                  last.offset(), last.length() + count, chunk.id(), last.chunkOffset()));
        } else {
          located.add(new Piece.InChunk(at, count, chunk.id(), used));
        }
        at += count;
        used += count;
      }
    }
    return located;
  }
}
