package org.salvusfs.metadata.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.ProjectId;

/**
 * The directory with the log files of all projects that this host holds or held, and a pool of
 * spare files that they share. Thread-safe.
 *
 * <p>A file's life: created or taken from the pool under the name {@code spare-…}; given a header,
 * durably; renamed to its {@link LogFileName}, durably; appended to; renamed back to a spare,
 * durably, when its records are retired. So a live name always stands over a header of its own, and
 * a header that does not check means damage.
 */
public final class HostLogDirectory {
  private static final String SPARE = "spare-";
  private static final String SET_ASIDE = "recovered-";

  /**
   * Sizes.
   *
   * @param fileBytes where an append begins the next file; one record may exceed it
   * @param stepBytes how far zeros are written ahead
   * @param sparesMax retired files beyond this many are deleted
   */
  public record Options(int fileBytes, int stepBytes, int sparesMax) {
    public static final Options DEFAULT = new Options(8 << 20, 1 << 20, 8);

    public Options {
      if (stepBytes < LogFileHeader.BYTES || fileBytes < stepBytes || sparesMax < 0) {
        throw new IllegalArgumentException(
            "log files of " + fileBytes + " bytes in steps of " + stepBytes);
      }
    }
  }

  private final Disk disk;
  private final Options options;
  private final LongSupplier nonces;
  private final Queue<String> spares = new ConcurrentLinkedQueue<>();
  private final AtomicLong nextSpare = new AtomicLong();

  private HostLogDirectory(Disk disk, Options options, LongSupplier nonces) {
    this.disk = disk;
    this.options = options;
    this.nonces = nonces;
  }

  /**
   * Opens the directory and takes stock of its spare files. The directory belongs to one process.
   *
   * @param nonces unpredictable numbers
   */
  public static HostLogDirectory open(Disk disk, Options options, LongSupplier nonces)
      throws MetadataException {
    var directory = new HostLogDirectory(disk, options, nonces);
    directory.adoptSpares();
    return directory;
  }

  private void adoptSpares() throws MetadataException {
    try {
      for (String name : disk.list()) {
        if (!name.startsWith(SPARE)) {
          continue;
        }
        nextSpare.accumulateAndGet(spareNumber(name) + 1, Math::max);
        addSpare(name);
      }
    } catch (IOException e) {
      throw failed("the log directory " + disk + " cannot be read", e);
    }
  }

  private static long spareNumber(String name) throws IOException {
    try {
      return Long.parseUnsignedLong(name.substring(SPARE.length()), 16);
    } catch (NumberFormatException e) {
      throw new IOException(name + " is no spare log file: remove it", e);
    }
  }

  /** Live files of a project, oldest first. */
  List<LogFileName> files(ProjectId project) throws IOException {
    return disk.list().stream()
        .map(LogFileName::parse)
        .filter(Objects::nonNull)
        .filter(name -> name.project().equals(project))
        .sorted()
        .toList();
  }

  /** Begins a file whose name and header are durable on return; replaces a file of that name. */
  LogFileWriter begin(LogFileName name, LogFileHeader unbound) throws IOException {
    LogFileHeader header = unbound.withNonce(nonces.getAsLong());
    String recycled = spares.poll();
    String spare = recycled == null ? spareName() : recycled;
    try {
      long bytes = prepare(spare, recycled == null, header);
      disk.rename(spare, name.toString());
      disk.syncDirectory();
      DiskFile file = disk.open(name.toString());
      return new LogFileWriter(name, file, header.nonce(), bytes, options);
    } catch (IOException e) {
      deleteAfter(e, spare);
      deleteAfter(e, name.toString());
      throw e;
    }
  }

  /** Gives a spare file its header; returns its length in bytes. */
  private long prepare(String spare, boolean create, LogFileHeader header) throws IOException {
    try (DiskFile file = create ? disk.create(spare) : disk.open(spare)) {
      ByteBuffer page = header.encode();
      if (file.size() < options.stepBytes()) {
        page = ByteBuffer.allocate(options.stepBytes()).put(page).clear();
      }
      file.write(page, 0);
      file.sync();
      return file.size();
    }
  }

  private void deleteAfter(IOException failure, String name) {
    try {
      disk.delete(name);
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  /** The whole of a file, for recovery. */
  ByteBuffer read(LogFileName name) throws IOException {
    try (DiskFile file = disk.open(name.toString())) {
      ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(file.size()));
      file.read(bytes, 0);
      return bytes.flip();
    }
  }

  /** Turns files whose records are not needed any more into spares, in the given order. */
  void recycle(List<LogFileName> names) throws IOException {
    if (names.isEmpty()) {
      return;
    }
    var renamed = new ArrayList<String>();
    for (LogFileName name : names) {
      String spare = spareName();
      disk.rename(name.toString(), spare);
      renamed.add(spare);
    }
    disk.syncDirectory();
    for (String spare : renamed) {
      addSpare(spare);
    }
  }

  /** Pools a file, unless there are enough or it has grown too long. */
  private void addSpare(String spare) throws IOException {
    boolean fits;
    try (DiskFile file = disk.open(spare)) {
      fits = file.size() <= options.fileBytes();
    }
    if (fits && spares.size() < options.sparesMax()) {
      spares.add(spare);
    } else {
      disk.delete(spare);
    }
  }

  /** Deletes files that cannot be trusted to be written again. */
  void delete(List<LogFileName> names) throws IOException {
    for (LogFileName name : names) {
      disk.delete(name.toString());
    }
  }

  /** Renames a file durably. */
  void rename(LogFileName from, LogFileName to) throws IOException {
    disk.rename(from.toString(), to.toString());
    disk.syncDirectory();
  }

  /** Takes files out of use but keeps them; returns their new names. */
  List<String> setAside(List<LogFileName> names) throws IOException {
    var kept = new ArrayList<String>();
    for (LogFileName name : names) {
      disk.rename(name.toString(), SET_ASIDE + name);
      kept.add(SET_ASIDE + name);
    }
    disk.syncDirectory();
    return kept;
  }

  private String spareName() {
    return SPARE + "%016x".formatted(nextSpare.getAndIncrement());
  }

  /** The failure as callers of the log see it: its cause is {@code Full} if space is missing. */
  static MetadataException.LogFailed failed(String what, IOException cause) {
    boolean full = isNoSpace(cause.getMessage());
    return new MetadataException.LogFailed(
        what + (full ? ": no space left" : ": " + cause.getMessage()),
        full ? new BlockStoreException.Full("no space left for the intent log", cause) : cause);
  }

  /** The JDK reports ENOSPC and EDQUOT only in words, those of strerror(3). */
  private static boolean isNoSpace(@Nullable String message) {
    return message != null
        && (message.contains("No space left on device") || message.contains("Disk quota exceeded"));
  }
}
