package org.salvusfs.daemon.crash;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;

/** A directory of the local machine: a mount, or a disk to judge the harness by. */
record PathTarget(Path directory) implements Target {
  private Path at(String name) {
    return directory.resolve(name);
  }

  private FileChannel open(String name) throws IOException {
    return FileChannel.open(at(name), StandardOpenOption.WRITE);
  }

  @Override
  public void create(String name) throws IOException {
    FileChannel.open(at(name), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE).close();
  }

  @Override
  public void mkdir(String name) throws IOException {
    Files.createDirectory(at(name));
  }

  @Override
  public void symlink(String name, String to) throws IOException {
    Files.createSymbolicLink(at(name), Path.of(to));
  }

  @Override
  public void link(String from, String to) throws IOException {
    Files.createLink(at(to), at(from));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Files.move(at(from), at(to), StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void remove(String name, boolean directoryItIs) throws IOException {
    Files.delete(at(name));
  }

  @Override
  public void write(String name, int offset, byte[] data) throws IOException {
    try (var channel = open(name)) {
      int written = channel.write(ByteBuffer.wrap(data), offset);
      if (written != data.length) {
        throw new IOException("short write: " + written + " of " + data.length);
      }
    }
  }

  @Override
  public void truncate(String name, int size) throws IOException {
    try (var channel = open(name)) {
      channel.truncate(size);
    }
  }

  @Override
  public void fsync(String name, boolean dataOnly) throws IOException {
    try (var channel = open(name)) {
      channel.force(!dataOnly);
    }
  }

  @Override
  public void fsyncDirectory() throws IOException {
    try (var channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public Map<String, Object> names() throws IOException {
    var names = new TreeMap<String, Object>();
    try (var list = Files.newDirectoryStream(directory)) {
      for (Path path : list) {
        names.put(path.getFileName().toString(), what(path));
      }
    }
    return names;
  }

  private static Object what(Path path) throws IOException {
    if (Files.isSymbolicLink(path)) {
      return Files.readSymbolicLink(path).toString();
    }
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      return "directory";
    }
    return Files.getAttribute(path, "unix:ino");
  }

  @Override
  public byte[] read(String name) throws IOException {
    return Files.readAllBytes(at(name));
  }
}
