package org.salvusfs.metadata.txg;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.Chunks;
import org.salvusfs.metadata.api.IntentLog;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;

/**
 * Makes fsyncs durable. Concurrent callers share records: each queues its file and then takes the
 * lock; whoever gets it logs for everybody who queued meanwhile, and the others find themselves
 * served. Contents are captured under the lock, so records hold a file's captures in their order.
 */
final class LogAppender {
  private static final class Request {
    final long inode;
    boolean served;
    @Nullable IOException failure;

    Request(long inode) {
      this.inode = inode;
    }
  }

  private final IntentLog intentLog;
  private final Journal journal;
  private final Contents contents;
  private final Chunks chunks;
  private final View view;
  private final Tenure tenure;

  private final Queue<Request> queue = new ConcurrentLinkedQueue<>();

  /** Held through an append; guards the requests' fields. */
  private final ReentrantLock appending = new ReentrantLock();

  LogAppender(
      IntentLog intentLog,
      Journal journal,
      Contents contents,
      Chunks chunks,
      View view,
      Tenure tenure) {
    this.intentLog = intentLog;
    this.journal = journal;
    this.contents = contents;
    this.chunks = chunks;
    this.view = view;
    this.tenure = tenure;
  }

  /** See {@link Transactions#log}. */
  void log(long inode) throws IOException {
    var mine = new Request(inode);
    queue.add(mine);
    appending.lock();
    try {
      if (!mine.served) {
        serveQueued();
      }
      if (mine.failure != null) {
        throw mine.failure;
      }
    } finally {
      appending.unlock();
    }
  }

  private void serveQueued() {
    var batch = new ArrayList<Request>();
    for (Request next = queue.poll(); next != null; next = queue.poll()) {
      batch.add(next);
    }
    @Nullable IOException failure = new IOException("a defect stopped the log append");
    try {
      append(batch);
      failure = null;
    } catch (MetadataException.Fenced e) {
      failure = tenure.fencedOff(e);
    } catch (IOException e) {
      failure = e;
    } finally {
      for (Request request : batch) {
        request.served = true;
        request.failure = failure;
      }
    }
  }

  private void append(List<Request> batch) throws IOException {
    tenure.confirm();
    List<Journal.Note> notes = journal.pending();
    Set<Long> inodes = new LinkedHashSet<>();
    for (Request request : batch) {
      if (request.inode != 0) {
        inodes.add(request.inode);
      }
    }
    for (Journal.Note note : notes) {
      inodes.addAll(note.carried());
    }
    var captures = new ArrayList<Contents.Capture>();
    for (long inode : inodes) {
      captures.addAll(contents.capture(inode, view));
    }
    if (notes.isEmpty() && captures.isEmpty()) {
      return;
    }
    if (!captures.isEmpty()) {
      chunks.sync();
    }
    intentLog.append(highestTxg(notes, captures), RecordCodec.encode(notes, captures));
    // Whoever took over while the append ran may not have seen it: then it must not be
    // acknowledged.
    tenure.confirm();
    journal.drop(notes);
    for (Contents.Capture capture : captures) {
      capture.onDurable().run();
    }
  }

  private static long highestTxg(List<Journal.Note> notes, List<Contents.Capture> captures) {
    long highest = 0;
    for (Journal.Note note : notes) {
      highest = Math.max(highest, note.txg());
    }
    for (Contents.Capture capture : captures) {
      highest = Math.max(highest, capture.txg());
    }
    return highest;
  }
}
