package org.salvusfs.daemon.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.salvusfs.blockstore.api.BlockStoreException;

/**
 * A range of a file, up to its end, that is to be shared with another place. Good as long as the
 * file is locked for reading, or for ever if it is one of a snapshot.
 */
public final class CopySource {
  private final FileContents of;
  private final long inode;
  private final long offset;
  private final long lengthBytes;
  private final List<Piece> pieces;

  /**
   * @param pieces what is no hole
   */
  CopySource(FileContents of, long inode, long offset, long lengthBytes, List<Piece> pieces) {
    this.of = of;
    this.inode = inode;
    this.offset = offset;
    this.lengthBytes = lengthBytes;
    this.pieces = pieces;
  }

  /** How long the range is, holes included; 0 behind the file's end. */
  public long lengthBytes() {
    return lengthBytes;
  }

  long offset() {
    return offset;
  }

  List<Piece> pieces() {
    return pieces;
  }

  /** Under whose own key its chunks are sealed; empty: the cluster's. */
  Optional<UUID> ownKey() {
    return of.ownKey();
  }

  /** The same range, with the contents of its chunks instead of references to them. */
  CopySource inMemory() throws BlockStoreException {
    var read = new ArrayList<Piece>(pieces.size());
    for (Piece piece : pieces) {
      read.add(piece instanceof Piece.InChunk stored ? of.read(stored) : piece);
    }
    return new CopySource(of, inode, offset, lengthBytes, read);
  }

  /** How much of it is no hole. */
  long dataBytes() {
    return pieces.stream().mapToLong(Piece::lengthBytes).sum();
  }

  /** Whether it is a range of these contents, not of another tree. */
  boolean isOf(FileContents contents) {
    return of == contents;
  }

  boolean overlaps(FileContents other, long otherInode, long otherOffset) {
    return of == other
        && inode == otherInode
        && lengthBytes > 0
        && Math.abs(offset - otherOffset) < lengthBytes;
  }

  @Override
  public String toString() {
    return "%d bytes of inode %d at %d".formatted(lengthBytes, inode, offset);
  }
}
