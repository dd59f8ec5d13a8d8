package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;

/** Directories that have something of everything, and what tells two of them apart. */
final class Trees {
  /** Everything that rsync -aHAXS preserves, in a directory that begins empty. */
  static final String MAKE_EVERYTHING =
      """
      mkdir -p dir/sub/empty acl
      head -c 3000000 /dev/urandom > big
      echo text > dir/text; : > dir/sub/nothing
      printf x > $'not\\xffutf8'; printf y > 'ü and a space'
      ln -s dir/text link; ln -s nowhere dangling
      ln big dir/again; ln big dir/sub/third
      mkfifo fifo; mknod null c 1 3; mknod disk b 259 1048575
      python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket")'
      truncate -s 5G sparse; printf data | dd of=sparse bs=1 seek=3000000000 conv=notrunc status=none
      printf s > setuid; chown 1234:4321 setuid; chmod 6755 setuid; chown -h 1234:1 link
      setfattr -n user.colour -v red dir/text; setfattr -n trusted.t -v 1 dir
      setfacl -m u:1234:rw dir/text; setfacl -m g:77:rx -d -m u:99:rwx acl; echo i > acl/inherits
      touch -d '2001-02-03 04:05:06.789012345' dir/text; touch -h -d 1999-01-01 link
      chmod 0500 dir/sub/empty; touch -d 2010-10-10 dir/sub dir; chmod 750 .
      """;

  private Trees() {}

  /**
   * Fails unless two directories are the same to rsync, contents, attributes and holes.
   *
   * @param more options of rsync
   */
  static void assertSame(Path expected, Path actual, String more)
      throws IOException, InterruptedException {
    assertEquals("", differences(expected, actual, more), "rsync finds differences");
  }

  /** What rsync would do to make {@code actual} the same; empty if it is. */
  static String differences(Path expected, Path actual, String more)
      throws IOException, InterruptedException {
    return sh(
        expected,
        "rsync -aHAXSni --delete --checksum --open-noatime %s ./ '%s/'".formatted(more, actual));
  }

  /** What a script prints, which succeeds. */
  static String sh(Path in, String script) throws IOException, InterruptedException {
    var process =
        new ProcessBuilder("bash", "-ec", script)
            .directory(in.toFile())
            .redirectErrorStream(true)
            .start();
    String output = String.join("\n", process.inputReader().lines().toList());
    assertEquals(0, process.waitFor(), script + ": " + output);
    return output;
  }
}
