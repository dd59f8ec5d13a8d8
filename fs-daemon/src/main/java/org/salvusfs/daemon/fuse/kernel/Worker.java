package org.salvusfs.daemon.fuse.kernel;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.LongSupplier;
import org.salvusfs.daemon.fs.Errno;
import org.salvusfs.daemon.posix.Native;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads requests, performs them and writes the replies, one after the other, until told to end. */
final class Worker {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final int PAGE_BYTES = 4096;

  private final Device device;
  private final Dispatcher dispatcher;
  private final Lifetimes lifetimes;
  private final OperationListener listener;
  private final LongSupplier nanoTime;

  Worker(
      Device device,
      Dispatcher dispatcher,
      Lifetimes lifetimes,
      OperationListener listener,
      LongSupplier nanoTime) {
    this.device = device;
    this.dispatcher = dispatcher;
    this.lifetimes = lifetimes;
    this.listener = listener;
    this.nanoTime = nanoTime;
  }

  /** Is asked before and told after each wait for a request. */
  interface Shift {
    /** Whether to wait for one more request; false ends the worker. */
    boolean waiting();

    /** A request has come, or the wait has ended without one. */
    void arrived();
  }

  /** Serves until the connection ends or the shift does. */
  void serve(Shift shift, Interrupts.Slot slot) {
    // Shared, because a filesystem may fill or drain a buffer from several of its threads.
    try (Arena arena = Arena.ofShared()) {
      MemorySegment in = arena.allocate(Abi.REQUEST_BYTES_MAX, PAGE_BYTES);
      MemorySegment out = arena.allocate(Abi.IO_BYTES_MAX + Abi.OUT_HEADER_BYTES, PAGE_BYTES);
      MemorySegment state = arena.allocate(Native.CALL_STATE);
      var request = new Request(in.asByteBuffer());
      var reply = new Reply(out.asByteBuffer(), lifetimes);
      while (shift.waiting()) {
        long count = device.read(in, state);
        shift.arrived();
        if (count < 0) {
          if (endsConnection((int) -count)) {
            return;
          }
        } else if (request.load((int) count)) {
          long start = nanoTime.getAsLong();
          slot.begin(request.unique());
          boolean send = dispatcher.serve(request, reply);
          slot.end();
          listener.completed(
              Dispatcher.operation(request), nanoTime.getAsLong() - start, reply.errno());
          if (send) {
            send(request, reply, out, state);
          }
        } else {
          LOG.error("The kernel sent a request of {} bytes, too short to be answered", count);
        }
      }
    }
  }

  /** Whether an error of read(2) means that there will be no more requests. */
  private static boolean endsConnection(int errno) {
    // ENOENT: the request was taken back before it could be read.
    if (errno == Errno.EINTR.code()
        || errno == Errno.EAGAIN.code()
        || errno == Errno.ENOENT.code()) {
      return false;
    }
    if (errno != Errno.ENODEV.code() && errno != Libc.ECONNABORTED) {
      LOG.error("Reading {} failed, a worker ends: {}", Device.PATH, Native.message(errno));
    }
    return true;
  }

  private void send(Request request, Reply reply, MemorySegment out, MemorySegment state) {
    long written = device.write(out, reply.length(), state);
    if (written >= 0) {
      return;
    }
    int errno = (int) -written;
    dispatcher.undelivered(request, reply);
    // ENOENT: nobody waits any more. ENODEV, ECONNABORTED: the connection has ended meanwhile.
    if (errno != Errno.ENOENT.code()
        && errno != Errno.ENODEV.code()
        && errno != Errno.EPERM.code()
        && errno != Libc.ECONNABORTED) {
      LOG.error(
          "The kernel refused the reply to {}: {}",
          Dispatcher.operation(request),
          Native.message(errno));
    }
  }
}
