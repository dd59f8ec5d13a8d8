package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Two directories outside the mount that projects are made to look like: {@code one}, and {@code
 * two}, which it became by changes of every kind. They are never changed.
 */
record Models(Path one, Path two) {
  private static final String MAKE_ONE =
      """
      mkdir -p many dir/sub/empty
      for i in $(seq 200); do echo "$i" > many/$i; done
      for i in 1 2 3 4; do head -c 1000000 /dev/urandom > big$i; done
      echo text > dir/text; : > dir/nothing; ln -s dir/text link; ln big1 dir/again
      printf s > setuid; chown 1234:4321 setuid; chmod 6755 setuid
      setfattr -n user.colour -v red dir/text; chmod 0500 dir/sub/empty
      truncate -s 8M sparse; printf data | dd of=sparse bs=1 seek=5000000 conv=notrunc status=none
      touch -d '2001-02-03 04:05:06.789012345' dir/text; touch -h -d 1999-01-01 link
      """;

  private static final String CHANGE_TO_TWO =
      """
      rm many/1?? big2 dir/again; mv many fewer; mv dir/text dir/renamed; rmdir dir/sub/empty
      head -c 700000 /dev/urandom >> big3; head -c 900000 /dev/urandom > big5
      echo other > dir/nothing; ln -sfn nowhere link; ln big4 dir/fourth
      chown 77:88 setuid; setfattr -n user.colour -v blue dir/renamed; truncate -s 1M sparse
      for i in $(seq 50); do echo new > "dir/sub/new $i"; done
      """;

  /** Makes them. */
  static Models in(Path directory) throws IOException, InterruptedException {
    Path one = Files.createDirectories(directory.resolve("one"));
    Path two = directory.resolve("two");
    Trees.sh(one, MAKE_ONE);
    Trees.sh(directory, "cp -a one two");
    Trees.sh(two, CHANGE_TO_TWO);
    return new Models(one, two);
  }

  /** Makes a home look like a model. */
  static void put(Path model, Path home) throws IOException, InterruptedException {
    Trees.sh(model, "rsync -aHAXS --delete ./ '%s/'".formatted(home));
  }

  /** Whether a tree is the first or the second; fails if it is neither. */
  boolean isTwo(Path home) throws IOException, InterruptedException {
    String toOne = Trees.differences(one, home, "");
    if (toOne.isEmpty()) {
      return false;
    }
    assertEquals("", Trees.differences(two, home, ""), "not the other one either: " + toOne);
    return true;
  }

  /** Fails if a file under a home is not wholly as it is in a model; the home may have fewer. */
  static void assertPart(Path model, Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.toList()) {
        Path original = model.resolve(home.relativize(file));
        assertTrue(Files.exists(original, LinkOption.NOFOLLOW_LINKS), file + " is of nobody");
        if (Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          assertEquals(-1, Files.mismatch(original, file), file + " is half there");
        }
      }
    }
  }
}
