package org.salvusfs.daemon.export;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockStoreException;
import org.salvusfs.daemon.data.FileContents;
import org.salvusfs.daemon.vfs.Holes;
import org.salvusfs.metadata.api.Cursor;
import org.salvusfs.metadata.api.Key;
import org.salvusfs.metadata.api.MetadataException;
import org.salvusfs.metadata.api.View;
import org.salvusfs.metadata.item.DirentItem;
import org.salvusfs.metadata.item.InodeItem;
import org.salvusfs.metadata.item.Keys;

/**
 * One archive of one tree that does not change. A directory comes before what is in it, and what is
 * in it comes together, so that whoever unpacks can set its attributes when it is left. A file with
 * several names is written under the first, and linked under the others. Used once, by one thread.
 */
public final class TreeExport {
  private static final byte[] TOP = "./".getBytes(US_ASCII);

  /** How much is said of what an archive cannot hold: a message has to fit into a header. */
  private static final int LEFT_OUT_MAX = 20;

  private static final int LEFT_OUT_BYTES_MAX = 4096;

  /**
   * What an archive holds.
   *
   * @param entries in it, the top directory included
   * @param bytes its length
   * @param leftOut a sentence for each name that it cannot hold
   * @param unlisted how many more of them there are
   */
  public record Summary(long entries, long bytes, List<String> leftOut, long unlisted) {
    public Summary {
      leftOut = List.copyOf(leftOut);
    }
  }

  /** A directory that is being written, and which of its entries come next. */
  private static final class Level {
    final int pathBytes;
    final Key end;
    Key next;

    Level(long inode, int pathBytes) {
      this.pathBytes = pathBytes;
      this.next = Keys.first(inode, Keys.DIRENT);
      this.end = Keys.end(inode, Keys.DIRENT);
    }
  }

  /** A file that has names which were not met yet. */
  private static final class Linked {
    final byte[] first;
    int missing;

    Linked(byte[] first, int missing) {
      this.first = first;
      this.missing = missing;
    }
  }

  private final View view;
  private final FileContents contents;
  private final Holes holes;
  private final TarWriter tar;

  private final Deque<Level> levels = new ArrayDeque<>();
  private final Map<Long, Linked> linked = new HashMap<>();
  private final List<String> leftOut = new ArrayList<>();
  private int leftOutBytes;
  private long unlisted;
  private long entries;

  /** Where the walk is: the archive's name of it. */
  private byte[] path = TOP;

  /**
   * @param view the tree; it and the chunks that it names stay while this runs
   * @param contents reads through that view
   * @param out is not closed
   */
  public TreeExport(View view, FileContents contents, OutputStream out) {
    this.view = view;
    this.contents = contents;
    this.holes = new Holes(contents);
    this.tar = new TarWriter(out);
  }

  /**
   * Writes the archive to its end.
   *
   * @throws UnreadableException naming the first entry that cannot be read; the archive has no end
   *     then
   * @throws IOException what {@code out} throws
   */
  public Summary run() throws IOException {
    try {
      enter(Keys.ROOT_INODE);
      while (!levels.isEmpty()) {
        goOn(levels.getLast());
      }
    } catch (MetadataException | BlockStoreException e) {
      throw new UnreadableException(place(), e);
    }
    tar.end();
    return new Summary(entries, tar.written(), leftOut, unlisted);
  }

  /** Writes a directory and what it has, up to its next subdirectory. */
  private void goOn(Level level) throws IOException {
    path = Arrays.copyOf(path, level.pathBytes);
    Cursor names = view.scan(level.next, level.end);
    while (names.next()) {
      path = joined(level.pathBytes, Keys.suffix(names.key()));
      DirentItem entry = DirentItem.decode(names.value());
      if (entry.type() == InodeItem.S_IFDIR >> 12) {
        level.next = Keys.after(names.key());
        path = joined(path.length, new byte[] {'/'});
        enter(entry.inode());
        return;
      }
      write(entry.inode());
    }
    levels.removeLast();
  }

  private byte[] joined(int pathBytes, byte[] more) {
    byte[] joined = Arrays.copyOf(path, pathBytes + more.length);
    System.arraycopy(more, 0, joined, pathBytes, more.length);
    return joined;
  }

  private void enter(long directory) throws IOException {
    tar.empty(entry(directory, item(directory)));
    entries++;
    levels.addLast(new Level(directory, path.length));
  }

  private InodeItem item(long inode) throws MetadataException {
    byte[] value = view.get(Keys.inode(inode));
    if (value == null) {
      throw new MetadataException.Corrupt("its inode " + inode + " is not there");
    }
    return InodeItem.decode(value);
  }

  private TarEntry entry(long inode, InodeItem item) throws MetadataException {
    byte @Nullable [] target = item.isSymlink() ? view.get(Keys.inline(inode)) : null;
    if (item.isSymlink() && target == null) {
      throw new MetadataException.Corrupt("the target of this link is not there");
    }
    return new TarEntry(path, inode, item, target == null ? new byte[0] : target, xattrs(inode));
  }

  private List<TarEntry.Xattr> xattrs(long inode) throws MetadataException {
    var xattrs = new ArrayList<TarEntry.Xattr>();
    Cursor all = view.scan(Keys.first(inode, Keys.XATTR), Keys.end(inode, Keys.XATTR));
    while (all.next()) {
      xattrs.add(new TarEntry.Xattr(Keys.suffix(all.key()), all.value()));
    }
    return xattrs;
  }

  private void write(long inode) throws IOException {
    InodeItem item = item(inode);
    if ((item.mode() & InodeItem.S_IFMT) == InodeItem.S_IFSOCK) {
      leaveOut("a socket, which no archive holds");
      return;
    }
    entries++;
    Linked before = linked.get(inode);
    if (before != null) {
      tar.hardLink(new TarEntry(path, inode, item, new byte[0], List.of()), before.first);
      before.missing--;
      if (before.missing == 0) {
        linked.remove(inode);
      }
      return;
    }
    if (item.nlink() > 1) {
      linked.put(inode, new Linked(path, item.nlink() - 1));
    }
    TarEntry entry = entry(inode, item);
    if (item.isRegular() && item.sizeBytes() > 0) {
      writeFile(entry);
    } else {
      tar.empty(entry);
    }
  }

  private void writeFile(TarEntry entry) throws IOException {
    long size = entry.item().sizeBytes();
    Stretches.Source source =
        (offset, into, count) -> read(entry, offset, ByteBuffer.wrap(into, 0, count));
    boolean isWhole =
        entry.item().allocatedBytes() == size
            || (holes.data(entry.inode(), size, 0) == 0
                && holes.hole(entry.inode(), size, 0) == size);
    if (isWhole) {
      tar.file(entry, source);
    } else {
      tar.sparse(entry, each -> forEachStretch(entry.inode(), size, each), source);
    }
  }

  private void forEachStretch(long inode, long size, Stretches.Each each) throws IOException {
    long at = holes.data(inode, size, 0);
    while (at >= 0 && at < size) {
      long end = holes.hole(inode, size, at);
      each.stretch(at, end - at);
      at = end < size ? holes.data(inode, size, end) : -1;
    }
  }

  private void read(TarEntry entry, long offset, ByteBuffer into) throws IOException {
    contents.read(entry.inode(), entry.item().sizeBytes(), offset, into);
    if (into.hasRemaining()) {
      throw new MetadataException.Corrupt("it ends before its size says");
    }
  }

  /** For messages. */
  private String place() {
    return path.length == TOP.length
        ? "/"
        : new String(path, TOP.length, path.length - TOP.length, UTF_8);
  }

  private void leaveOut(String what) {
    String sentence = place() + ": " + what;
    if (leftOut.size() < LEFT_OUT_MAX && leftOutBytes + sentence.length() <= LEFT_OUT_BYTES_MAX) {
      leftOut.add(sentence);
      leftOutBytes += sentence.length();
    } else {
      unlisted++;
    }
  }
}
