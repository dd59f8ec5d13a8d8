package org.salvusfs.blockstore.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file behind a {@link FileChannel} that survives interrupts.
 *
 * <p>Interrupting a thread inside a channel closes the channel for everyone. A pack is shared by
 * all threads, so whoever finds the channel closed that way opens the file again and repeats its
 * operation (each is idempotent); the interrupt stays pending for its receiver.
 */
final class LocalFile implements DiskFile {
  /** Less is not worth a request of its own to the device. */
  private static final int DIRECT_BYTES_MIN = 64 << 10;

  private final Path path;
  private final Object fileKey;
  private volatile FileChannel channel;
  private volatile boolean closed;
  private volatile @Nullable DirectIo direct;
  private boolean askedForDirect;

  LocalFile(Path path, FileChannel channel) throws IOException {
    this.path = path;
    this.channel = channel;
    this.fileKey = fileKey(path);
  }

  @Override
  public int read(ByteBuffer into, long position) throws IOException {
    int start = into.position();
    return retry(
        c -> {
          into.position(start);
          while (into.hasRemaining()) {
            if (c.read(into, position + into.position() - start) < 0) {
              break;
            }
          }
          return into.position() - start;
        });
  }

  @Override
  public void write(ByteBuffer from, long position) throws IOException {
    int start = from.position();
    retry(
        c -> {
          from.position(start);
          while (from.hasRemaining()) {
            c.write(from, position + from.position() - start);
          }
          return 0;
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>What cannot go past the page cache goes through it, also when a direct write fails: then
   * that, or the sync, tells why.
   */
  @Override
  public void writeDirect(ByteBuffer from, long position) throws IOException {
    DirectIo past = direct;
    int start = from.position();
    int first = start + (int) (-position & (BLOCK_BYTES - 1));
    int blocks = (from.limit() - first) & -BLOCK_BYTES;
    if (past == null
        || blocks < DIRECT_BYTES_MIN
        || !from.isDirect()
        || from.alignmentOffset(first, BLOCK_BYTES) != 0) {
      write(from, position);
      return;
    }
    write(from.slice(start, first - start), position);
    int written = (int) past.write(from.slice(first, blocks), position + first - start);
    write(from.position(first + written), position + first + written - start);
  }

  @Override
  public boolean reserve(long position, long bytes) {
    DirectIo past = direct();
    return past != null && past.reserve(position, bytes);
  }

  private synchronized @Nullable DirectIo direct() {
    if (!askedForDirect && !closed) {
      askedForDirect = true;
      direct = DirectIo.open(path);
    }
    return direct;
  }

  @Override
  public long size() throws IOException {
    return retry(FileChannel::size);
  }

  @Override
  public void truncate(long bytes) throws IOException {
    retry(c -> c.truncate(bytes));
  }

  @Override
  public void sync() throws IOException {
    retry(
        c -> {
          c.force(false);
          return 0;
        });
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
      if (direct != null) {
        direct.close();
      }
    }
    channel.close();
  }

  @Override
  public String toString() {
    return path.toString();
  }

  private interface Operation<R> {
    R on(FileChannel channel) throws IOException;
  }

  private <R> R retry(Operation<R> operation) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return operation.on(channel);
        } catch (ClosedByInterruptException e) {
          interrupted |= Thread.interrupted();
          reopen(e);
        } catch (ClosedChannelException e) {
          reopen(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized void reopen(ClosedChannelException cause) throws IOException {
    if (closed) {
      throw cause;
    }
    if (channel.isOpen()) {
      return;
    }
    if (!fileKey.equals(fileKey(path))) {
      throw new IOException(path + " was replaced while it was open", cause);
    }
    channel = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  private static Object fileKey(Path path) throws IOException {
    return Objects.requireNonNull(
        Files.readAttributes(path, BasicFileAttributes.class).fileKey(),
        "the file system has no file keys");
  }
}
