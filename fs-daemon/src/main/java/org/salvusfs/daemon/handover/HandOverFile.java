package org.salvusfs.daemon.handover;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.jspecify.annotations.Nullable;
import org.salvusfs.blockstore.api.BlockId;
import org.salvusfs.daemon.fuse.kernel.Negotiated;
import org.salvusfs.daemon.vfs.MountState;
import org.salvusfs.daemon.vfs.ProjectState;
import org.salvusfs.metadata.api.ProjectId;

/**
 * Writes and reads a {@link HandOver}. The file is of use while both daemons live, and is not
 * synced.
 *
 * @see "docs/formats/hand-over-v2.md"
 */
public final class HandOverFile {
  private static final long MAGIC = 0x53414c564f564552L; // SALVOVER

  private static final byte LIVE = 1;
  private static final byte PAST = 2;
  private static final byte LINKED = 3;

  private HandOverFile() {}

  /** Replaces the file, readable by the owner only. */
  public static void write(Path file, HandOver state) throws IOException {
    Files.deleteIfExists(file);
    var ownerOnly =
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
    Files.createFile(file, ownerOnly);
    var sum = new CRC32C();
    try (var out =
        new DataOutputStream(
            new CheckedOutputStream(
                new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.WRITE)),
                sum))) {
      out.writeLong(MAGIC);
      out.writeInt(HandOver.VERSION);
      putBytes(out, state.mountPoint().toString().getBytes(UTF_8));
      put(out, state.negotiated());
      put(out, state.mount().top());
      out.writeInt(state.mount().trees().size());
      for (MountState.Tree tree : state.mount().trees()) {
        put(out, tree);
      }
      out.writeInt((int) sum.getValue());
    }
  }

  private static void put(DataOutputStream out, Negotiated negotiated) throws IOException {
    out.writeInt(negotiated.minor());
    out.writeInt(negotiated.maxReadahead());
    out.writeLong(negotiated.flags());
    out.writeInt(negotiated.maxWrite());
    out.writeInt(negotiated.maxPages());
  }

  private static void put(DataOutputStream out, MountState.Top top) throws IOException {
    out.writeLong(top.timeNanos());
    out.writeLong(top.lastHandle());
    out.writeInt(top.open().size());
    for (Map.Entry<Long, List<MountState.Listed>> open : top.open().entrySet()) {
      out.writeLong(open.getKey());
      out.writeInt(open.getValue().size());
      for (MountState.Listed listed : open.getValue()) {
        putId(out, listed.id());
        putBytes(out, listed.name().getBytes(UTF_8));
      }
    }
  }

  private static void put(DataOutputStream out, MountState.Tree tree) throws IOException {
    out.writeInt(tree.ordinal());
    switch (tree) {
      case MountState.Live live -> {
        out.writeByte(LIVE);
        put(out, live.project());
        put(out, live.snapshots());
      }
      case MountState.Past past -> {
        out.writeByte(PAST);
        out.writeLong(past.created().toEpochMilli());
        out.writeLong(past.top());
        put(out, past.known());
      }
      case MountState.Linked linked -> {
        out.writeByte(LINKED);
        out.writeLong(linked.at());
        putRoot(out, linked.told());
        put(out, linked.known());
      }
    }
  }

  /** Without one, zeros, which are no block's name. */
  private static void putRoot(DataOutputStream out, @Nullable BlockId root) throws IOException {
    var bytes = ByteBuffer.allocate(BlockId.BYTES);
    if (root != null) {
      root.write(bytes);
    }
    out.write(bytes.array());
  }

  private static @Nullable BlockId root(DataInputStream in) throws IOException {
    var bytes = new byte[BlockId.BYTES];
    in.readFully(bytes);
    return Arrays.equals(bytes, new byte[BlockId.BYTES]) ? null : BlockId.of(bytes);
  }

  private static void put(DataOutputStream out, ProjectState project) throws IOException {
    putId(out, project.project());
    out.writeInt(project.lookups().length / 2);
    for (long each : project.lookups()) {
      out.writeLong(each);
    }
    out.writeLong(project.lastHandle());
    out.writeInt(project.directories().size());
    for (ProjectState.OpenDirectory open : project.directories()) {
      out.writeLong(open.handle());
      out.writeLong(open.inode());
      out.writeInt(open.names().size());
      for (byte[] name : open.names()) {
        putBytes(out, name);
      }
    }
  }

  private static void putId(DataOutputStream out, ProjectId id) throws IOException {
    out.writeLong(id.uuid().getMostSignificantBits());
    out.writeLong(id.uuid().getLeastSignificantBits());
  }

  private static void putBytes(DataOutputStream out, byte[] bytes) throws IOException {
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it is damaged or of another version
   */
  public static HandOver read(Path file) throws IOException {
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      require(file, in.readLong() == MAGIC, "is no hand-over");
      int version = in.readInt();
      require(file, version == HandOver.VERSION, "has version " + version);
      require(file, isWhole(file), "is damaged");
      Path mountPoint = Path.of(new String(bytes(in), UTF_8));
      Negotiated negotiated = negotiated(in);
      MountState.Top top = top(in);
      var trees = new ArrayList<MountState.Tree>();
      for (int left = in.readInt(); left > 0; left--) {
        trees.add(tree(file, in));
      }
      return new HandOver(mountPoint, negotiated, new MountState(top, trees));
    } catch (EOFException e) {
      throw new IOException(file + " is cut short", e);
    }
  }

  /** Whether the sum at the end is that of all before: then every length in between is right. */
  private static boolean isWhole(Path file) throws IOException {
    var sum = new CRC32C();
    long left = Files.size(file) - Integer.BYTES;
    try (var in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      byte[] buffer = new byte[1 << 16];
      while (left > 0) {
        int count = in.readNBytes(buffer, 0, (int) Math.min(left, buffer.length));
        sum.update(buffer, 0, count);
        left -= count;
      }
      return in.readInt() == (int) sum.getValue();
    }
  }

  private static void require(Path file, boolean condition, String otherwise) throws IOException {
    if (!condition) {
      throw new IOException(file + " " + otherwise);
    }
  }

  private static Negotiated negotiated(DataInputStream in) throws IOException {
    return new Negotiated(in.readInt(), in.readInt(), in.readLong(), in.readInt(), in.readInt());
  }

  private static MountState.Top top(DataInputStream in) throws IOException {
    long time = in.readLong();
    long lastHandle = in.readLong();
    var open = new HashMap<Long, List<MountState.Listed>>();
    for (int handles = in.readInt(); handles > 0; handles--) {
      long handle = in.readLong();
      var listed = new ArrayList<MountState.Listed>();
      for (int left = in.readInt(); left > 0; left--) {
        listed.add(new MountState.Listed(id(in), new String(bytes(in), UTF_8)));
      }
      open.put(handle, List.copyOf(listed));
    }
    return new MountState.Top(time, lastHandle, open);
  }

  private static MountState.Tree tree(Path file, DataInputStream in) throws IOException {
    int ordinal = in.readInt();
    byte kind = in.readByte();
    return switch (kind) {
      case LIVE -> new MountState.Live(ordinal, project(in), project(in));
      case PAST ->
          new MountState.Past(
              ordinal, Instant.ofEpochMilli(in.readLong()), in.readLong(), project(in));
      case LINKED -> new MountState.Linked(ordinal, in.readLong(), root(in), project(in));
      default -> throw new IOException(file + " has a tree of kind " + kind);
    };
  }

  private static ProjectState project(DataInputStream in) throws IOException {
    ProjectId id = id(in);
    long[] lookups = new long[Math.multiplyExact(2, in.readInt())];
    for (int i = 0; i < lookups.length; i++) {
      lookups[i] = in.readLong();
    }
    long lastHandle = in.readLong();
    var directories = new ArrayList<ProjectState.OpenDirectory>();
    for (int handles = in.readInt(); handles > 0; handles--) {
      long handle = in.readLong();
      long inode = in.readLong();
      var names = new ArrayList<byte[]>();
      for (int left = in.readInt(); left > 0; left--) {
        names.add(bytes(in));
      }
      directories.add(new ProjectState.OpenDirectory(handle, inode, names));
    }
    return new ProjectState(id, lookups, lastHandle, directories);
  }

  private static ProjectId id(DataInputStream in) throws IOException {
    return new ProjectId(new UUID(in.readLong(), in.readLong()));
  }

  private static byte[] bytes(DataInputStream in) throws IOException {
    byte[] bytes = new byte[in.readInt()];
    in.readFully(bytes);
    return bytes;
  }
}
