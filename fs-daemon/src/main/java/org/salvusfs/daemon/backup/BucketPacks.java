package org.salvusfs.daemon.backup;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.blockstore.disk.Disk;
import org.salvusfs.blockstore.disk.DiskFile;
import org.salvusfs.blockstore.disk.LocalDisk;
import org.salvusfs.daemon.bucket.Bucket;
import org.salvusfs.daemon.bucket.StoredObject;

/**
 * A disk of packs in a bucket. A pack grows in a local file; when it is sealed it is uploaded, and
 * the file goes. Packs are uploaded in the order of their numbers, so that a block in the bucket
 * has everything there that was put before it.
 *
 * <p>What is kept locally must not contradict the bucket: the index names blocks of packs that were
 * begun here, and a pack that was begun, but never uploaded, must not be confused with one of the
 * same number that another installation uploaded. So {@link KnownPacks} holds which packs were
 * begun and what became of them; if the bucket has others, index and files go, and the index is
 * rebuilt.
 *
 * <p>Of one thread, but for reads.
 */
final class BucketPacks implements Disk {
  static final String INDEX = "index";
  private static final String UNSEALED = "unsealed";
  private static final String GROUP = Target.PACKS + "/";

  /** Makes sure that this installation is still the one that writes. */
  @FunctionalInterface
  interface Fence {
    void require() throws IOException;
  }

  private final Bucket bucket;
  private final Fence fence;
  private final Path directory;
  private final Disk local;
  private final KnownPacks known;
  private final Windows windows;
  private final TreeMap<String, KnownPacks.Stored> there = new TreeMap<>();
  private final TreeSet<String> unsealed = new TreeSet<>();
  private @Nullable IOException failure;

  private BucketPacks(Bucket bucket, Fence fence, Path directory, KnownPacks known, Windows windows)
      throws IOException {
    this.bucket = bucket;
    this.fence = fence;
    this.directory = directory;
    this.local = LocalDisk.open(directory);
    this.known = known;
    this.windows = windows;
  }

  /**
   * Looks at what the bucket has and brings what is known of it here up to date.
   *
   * @param local for what is kept on this machine; made if need be
   * @param windowBytes see {@link Windows}
   */
  static BucketPacks open(Bucket bucket, Path local, int windowBytes, Fence fence)
      throws IOException {
    List<StoredObject> listed =
        bucket.list(GROUP).stream()
            .filter(pack -> !pack.isGroup() && !pack.name().isEmpty())
            .toList();
    Path unsealed = local.resolve(UNSEALED);
    delete(unsealed); // what is in it is copied again
    KnownPacks known = KnownPacks.read(local);
    if (listed.stream().anyMatch(known::contradicts)) {
      delete(local.resolve(INDEX));
      known = KnownPacks.none(local);
    }
    var packs = new BucketPacks(bucket, fence, unsealed, known, new Windows(bucket, windowBytes));
    for (StoredObject pack : listed) {
      packs.adopt(pack);
    }
    return packs;
  }

  /** Deletes a flat directory. */
  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private void adopt(StoredObject pack) throws IOException {
    Optional<KnownPacks.Stored> before = known.stored(pack.name());
    if (before.isPresent()) {
      there.put(pack.name(), before.get());
      return;
    }
    int edge = (int) Math.min(KnownPacks.EDGE_BYTES, pack.bytes());
    byte[] head = edge == 0 ? new byte[0] : bucket.get(GROUP + pack.name(), 0, edge);
    byte[] tail =
        edge == 0 ? new byte[0] : bucket.get(GROUP + pack.name(), pack.bytes() - edge, edge);
    var stored = new KnownPacks.Stored(pack.name(), pack.bytes(), pack.tag(), head, tail);
    known.add(stored);
    there.put(pack.name(), stored);
  }

  @Override
  public List<String> list() {
    var names = new TreeSet<>(there.keySet());
    names.addAll(unsealed);
    return new ArrayList<>(names);
  }

  @Override
  public DiskFile open(String name) throws IOException {
    if (unsealed.contains(name)) {
      return new Growing(name, local.open(name));
    }
    KnownPacks.Stored stored = there.get(name);
    if (stored == null) {
      throw new NoSuchFileException(bucket.where(GROUP + name));
    }
    return new Uploaded(stored);
  }

  @Override
  public DiskFile create(String name) throws IOException {
    known.begin(name); // before the index can name it
    DiskFile file = local.create(name);
    unsealed.add(name);
    return new Growing(name, file);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    throw new IOException("packs in a bucket are not renamed: " + from);
  }

  @Override
  public void delete(String name) throws IOException {
    if (!unsealed.remove(name)) {
      throw damaged(name);
    }
    local.delete(name);
  }

  @Override
  public void syncDirectory() throws IOException {
    local.syncDirectory();
  }

  @Override
  public String toString() {
    return bucket.where(Target.PACKS);
  }

  /** Throws what kept a pack from being uploaded since it was asked last. */
  void requireUploads() throws BlockStoreException {
    IOException e = failure;
    failure = null;
    if (e != null) {
      throw new BlockStoreException.Failed(String.valueOf(e.getMessage()), e);
    }
  }

  /** Throws if a pack is only here. */
  void requireNothingLeft() throws BlockStoreException {
    if (!unsealed.isEmpty()) {
      var left =
          new IOException(
              "%s could not be sealed; the daemon's log says why"
                  .formatted(directory.resolve(unsealed.first())));
      throw new BlockStoreException.Failed(String.valueOf(left.getMessage()), left);
    }
  }

  private IOException damaged(String name) {
    return new TargetException(
        "%s is damaged; put a good copy of it in its place, or back up to another target"
            .formatted(bucket.where(GROUP + name)));
  }

  private void upload(String name, DiskFile file) throws IOException {
    if (!unsealed.contains(name)) {
      return; // it is uploaded already
    }
    try {
      if (!unsealed.first().equals(name)) {
        throw new IOException(unsealed.first() + " must be uploaded before " + name);
      }
      fence.require();
      Path path = directory.resolve(name);
      String tag =
          bucket
              .putNew(GROUP + name, path)
              .orElseThrow(
                  () ->
                      new TargetException(
                          "%s was made by somebody else meanwhile; run this again"
                              .formatted(bucket.where(GROUP + name))));
      long bytes = file.size();
      int edge = (int) Math.min(KnownPacks.EDGE_BYTES, bytes);
      var stored =
          new KnownPacks.Stored(
              name, bytes, tag, part(file, 0, edge), part(file, bytes - edge, edge));
      known.add(stored);
      there.put(name, stored);
    } catch (IOException e) {
      if (failure == null) {
        failure = e;
      }
      throw e;
    }
    unsealed.remove(name);
    local.delete(name);
  }

  private static byte[] part(DiskFile file, long from, int bytes) throws IOException {
    var part = ByteBuffer.allocate(bytes);
    file.read(part, from);
    return part.array();
  }

  /** A pack that is not in the bucket yet. */
  private final class Growing implements DiskFile {
    private final String name;
    private final DiskFile file;

    Growing(String name, DiskFile file) {
      this.name = name;
      this.file = file;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      return file.read(into, position);
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      file.write(from, position);
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void truncate(long bytes) throws IOException {
      file.truncate(bytes);
    }

    @Override
    public void sync() throws IOException {
      file.sync();
    }

    @Override
    public void complete() throws IOException {
      upload(name, file);
    }

    @Override
    public void close() throws IOException {
      file.close();
    }
  }

  /** A pack in the bucket. That somebody wants to change it means that it was found damaged. */
  private final class Uploaded implements DiskFile {
    private final KnownPacks.Stored stored;

    Uploaded(KnownPacks.Stored stored) {
      this.stored = stored;
    }

    @Override
    public int read(ByteBuffer into, long position) throws IOException {
      int bytes = Math.clamp(stored.bytes() - position, 0, into.remaining());
      int left = bytes;
      while (left > 0) {
        long at = position + bytes - left;
        int done = stored.copyEdge(into, at, left);
        left -=
            done > 0 ? done : windows.copy(GROUP + stored.name(), stored.bytes(), into, at, left);
      }
      return bytes;
    }

    @Override
    public void write(ByteBuffer from, long position) throws IOException {
      throw damaged(stored.name());
    }

    @Override
    public long size() {
      return stored.bytes();
    }

    @Override
    public void truncate(long bytes) throws IOException {
      throw damaged(stored.name());
    }

    @Override
    public void sync() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
      return bucket.where(GROUP + stored.name());
    }
  }
}
