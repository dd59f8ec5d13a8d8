package org.salvusfs.blockstore.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.salvusfs.blockstore.api.BlockId;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index in RocksDB, in a directory of its own.
 *
 * <p>Memory outside the Java heap is bounded by {@link #CACHE_BYTES} (which also holds filters and
 * table indexes) and {@link #WRITE_BUFFERS} write buffers. The write-ahead log is off: updates
 * reach the disk in whole write buffers and in order (one column family), and the packs know the
 * rest.
 *
 * <p>Damage that is met while running cannot be repaired under the feet of readers; it is noted in
 * a marker file, and the next open starts from nothing.
 *
 * <p>Keys: 32 bytes for blocks; {@code 'p'} and the number for covered packs; {@code 'h'} for the
 * highest number. The read-write lock only keeps the native handle alive during calls.
 */
public final class RocksIndex implements ChunkIndex {
  private static final Logger log = LoggerFactory.getLogger(RocksIndex.class);

  private static final long CACHE_BYTES = 16 << 20;
  private static final long WRITE_BUFFER_BYTES = 4 << 20;
  private static final int WRITE_BUFFERS = 2;
  private static final int OPEN_FILES_MAX = 128;
  private static final int FILTER_BITS_PER_KEY = 10;
  private static final int LOCATION_BYTES = Integer.BYTES + Long.BYTES + Integer.BYTES;
  private static final String DAMAGED_MARKER = "DAMAGED";
  private static final byte[] HIGHEST = {'h'};

  private final Path directory;
  private final ReentrantReadWriteLock handle = new ReentrantReadWriteLock();
  private final LRUCache cache;
  private final BloomFilter filter;
  private final Options options;
  private final WriteOptions unlogged;
  private @Nullable RocksDB database;

  private RocksIndex(Path directory) {
    this.directory = directory;
    RocksDB.loadLibrary();
    cache = new LRUCache(CACHE_BYTES);
    filter = new BloomFilter(FILTER_BITS_PER_KEY);
    unlogged = new WriteOptions().setDisableWAL(true);
    options =
        new Options()
            .setCreateIfMissing(true)
            .setParanoidChecks(true)
            .setWriteBufferSize(WRITE_BUFFER_BYTES)
            .setMaxWriteBufferNumber(WRITE_BUFFERS)
            .setMaxOpenFiles(OPEN_FILES_MAX)
            .setMaxBackgroundJobs(2)
            .setCompressionType(CompressionType.NO_COMPRESSION)
            .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
            .setKeepLogFileNum(2)
            .setMaxLogFileSize(1 << 20)
            .setTableFormatConfig(
                new BlockBasedTableConfig()
                    .setBlockCache(cache)
                    .setFilterPolicy(filter)
                    .setCacheIndexAndFilterBlocks(true)
                    .setPinL0FilterAndIndexBlocksInCache(true)
                    .setFormatVersion(5));
  }

  /**
   * Keeps the native library in a directory, if none is loaded yet. It is in the temporary
   * directory otherwise, where each process that is killed leaves one.
   *
   * @param directory of this process, or of processes that follow each other
   */
  public static void keepLibraryIn(Path directory) throws IOException {
    NativeLibraryLoader.getInstance().loadLibrary(Files.createDirectories(directory).toString());
  }

  /**
   * Opens the index, making an empty one if there is none or if it is damaged.
   *
   * @param directory holds nothing but the index
   * @throws IOException if another process has it open, or the disk fails
   */
  public static RocksIndex open(Path directory) throws IOException {
    var index = new RocksIndex(directory);
    try {
      Files.createDirectories(directory);
      if (Files.exists(directory.resolve(DAMAGED_MARKER))) {
        log.warn("the chunk index {} was damaged and is rebuilt from the packs", directory);
        index.deleteAll();
      }
      try {
        index.database = RocksDB.open(index.options, directory.toString());
      } catch (RocksDBException e) {
        if (!isDamage(e)) {
          throw index.failed(e);
        }
        log.warn("the chunk index {} cannot be opened and is rebuilt from the packs", directory, e);
        index.deleteAll();
        index.openDatabase();
      }
      return index;
    } catch (IOException e) {
      index.close();
      throw e;
    }
  }

  @Override
  public @Nullable Location get(BlockId id) throws IOException {
    byte[] value = read(id.toBytes());
    if (value == null) {
      return null;
    }
    var buffer = ByteBuffer.wrap(value);
    return new Location(buffer.getInt(), buffer.getLong(), buffer.getInt());
  }

  @Override
  public void put(Map<BlockId, Location> entries) throws IOException {
    if (entries.isEmpty()) {
      return;
    }
    int highest = highestPack();
    try (var batch = new WriteBatch()) {
      for (var entry : entries.entrySet()) {
        Location at = entry.getValue();
        highest = Math.max(highest, at.pack());
        byte[] value =
            ByteBuffer.allocate(LOCATION_BYTES)
                .putInt(at.pack())
                .putLong(at.offset())
                .putInt(at.length())
                .array();
        batch.put(entry.getKey().toBytes(), value);
      }
      batch.put(HIGHEST, intBytes(highest));
      write(batch);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public void remove(BlockId id) throws IOException {
    try (var batch = new WriteBatch()) {
      batch.delete(id.toBytes());
      write(batch);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public void cover(int pack, long dataEnd) throws IOException {
    try (var batch = new WriteBatch()) {
      batch.put(coverKey(pack), ByteBuffer.allocate(Long.BYTES).putLong(dataEnd).array());
      batch.put(HIGHEST, intBytes(Math.max(pack, highestPack())));
      write(batch);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public void uncover(int pack) throws IOException {
    try (var batch = new WriteBatch()) {
      batch.delete(coverKey(pack));
      write(batch);
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  @Override
  public long covered(int pack) throws IOException {
    byte[] value = read(coverKey(pack));
    return value == null ? -1 : ByteBuffer.wrap(value).getLong();
  }

  @Override
  public int highestPack() throws IOException {
    byte[] value = read(HIGHEST);
    return value == null ? 0 : ByteBuffer.wrap(value).getInt();
  }

  @Override
  public void clear() throws IOException {
    handle.writeLock().lock();
    try {
      opened().close();
      database = null;
      deleteAll();
      openDatabase();
    } finally {
      handle.writeLock().unlock();
    }
  }

  /** Writes what is in memory; the disk has everything on return. */
  @Override
  public void close() throws IOException {
    handle.writeLock().lock();
    try (filter;
        cache;
        options;
        unlogged) {
      if (database != null) {
        try (RocksDB closing = database;
            var wait = new FlushOptions().setWaitForFlush(true)) {
          database = null;
          closing.flush(wait);
        } catch (RocksDBException e) {
          throw failed(e);
        }
      }
    } finally {
      handle.writeLock().unlock();
    }
  }

  private byte @Nullable [] read(byte[] key) throws IOException {
    handle.readLock().lock();
    try {
      return opened().get(key);
    } catch (RocksDBException e) {
      throw failed(e);
    } finally {
      handle.readLock().unlock();
    }
  }

  private void write(WriteBatch batch) throws IOException, RocksDBException {
    handle.readLock().lock();
    try {
      opened().write(unlogged, batch);
    } finally {
      handle.readLock().unlock();
    }
  }

  private RocksDB opened() throws IOException {
    if (database == null) {
      throw new IOException("the chunk index " + directory + " is closed");
    }
    return database;
  }

  private void openDatabase() throws IOException {
    try {
      database = RocksDB.open(options, directory.toString());
    } catch (RocksDBException e) {
      throw failed(e);
    }
  }

  private IOException failed(RocksDBException e) throws IOException {
    if (isDamage(e)) {
      Path marker = directory.resolve(DAMAGED_MARKER);
      if (!Files.exists(marker)) {
        Files.createFile(marker);
      }
      return new IOException(
          "the chunk index " + directory + " is damaged; a restart rebuilds it from the packs", e);
    }
    return new IOException("the chunk index " + directory + " failed: " + e.getMessage(), e);
  }

  private static boolean isDamage(RocksDBException e) {
    Status status = e.getStatus();
    return status != null
        && switch (status.getCode()) {
          case Corruption, NotSupported, InvalidArgument, NotFound -> true;
          // A table that was deleted is damage too; a lock that is held or a full disk is not.
          case IOError -> String.valueOf(e.getMessage()).contains("No such file or directory");
          case Ok,
              MergeInProgress,
              Incomplete,
              ShutdownInProgress,
              TimedOut,
              Aborted,
              Busy,
              Expired,
              TryAgain,
              Undefined ->
              false;
        };
  }

  /** Empties the directory; the damage marker goes last, so that a crash half way repeats this. */
  private void deleteAll() throws IOException {
    try (var entries = Files.list(directory)) {
      entries
          .sorted(Comparator.comparing(path -> path.endsWith(DAMAGED_MARKER)))
          .forEach(RocksIndex::delete);
    } catch (UncheckedIOException e) {
      throw new IOException("cannot clear the chunk index " + directory, e);
    }
  }

  private static void delete(Path path) {
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] coverKey(int pack) {
    return ByteBuffer.allocate(1 + Integer.BYTES).put((byte) 'p').putInt(pack).array();
  }

  private static byte[] intBytes(int value) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
  }
}
