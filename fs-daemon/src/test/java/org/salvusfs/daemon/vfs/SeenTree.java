package org.salvusfs.daemon.vfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.salvusfs.daemon.fs.FsException;

/**
 * What a program sees of a tree, by path: all but inodes, change times, and access times, which
 * looking changes.
 */
final class SeenTree {
  private final Posix fs;
  private final String top;
  private final Map<String, List<Object>> seen = new TreeMap<>();
  private final Map<Long, String> inodes = new TreeMap<>();

  private SeenTree(Posix fs, String top) {
    this.fs = fs;
    this.top = top;
  }

  static Map<String, List<Object>> of(Posix fs, String top) throws FsException {
    var tree = new SeenTree(fs, top);
    tree.look("");
    return tree.seen;
  }

  private void look(String path) throws FsException {
    String at = top.isEmpty() && !path.isEmpty() ? path.substring(1) : top + path;
    var stat = fs.stat(at);
    var facts = new ArrayList<Object>();
    facts.addAll(List.of(stat.mode(), stat.nlink(), stat.uid(), stat.gid(), stat.rdev()));
    facts.addAll(List.of(stat.size(), stat.mtime()));
    facts.add("same as " + inodes.computeIfAbsent(stat.ino(), ino -> path));
    var xattrs = new String(fs.listxattr(at), UTF_8);
    facts.add(xattrs);
    for (String name : xattrs.isEmpty() ? new String[0] : xattrs.split("\0")) {
      facts.add(Arrays.hashCode(fs.getxattr(at, name)));
    }
    seen.put(path, facts);
    switch (stat.mode() & 0170000) {
      case 0040000 -> {
        for (String name : fs.list(at).keySet()) {
          if (!name.equals(".") && !name.equals("..")) {
            look(path + "/" + name);
          }
        }
      }
      case 0120000 -> facts.add(fs.readlink(at));
      case 0100000 -> {
        int fd = fs.open(at, Posix.O_RDONLY, 0);
        facts.add(Arrays.hashCode(fs.read(fd, 0, 4 << 20)));
        fs.close(fd);
      }
      default -> {}
    }
  }
}
