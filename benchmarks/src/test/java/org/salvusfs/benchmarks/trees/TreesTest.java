package org.salvusfs.benchmarks.trees;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TreesTest {
  private static final int FILES = 50;
  private static final int PAGE_BYTES = 4096;

  @TempDir private Path home = Path.of("");

  private Path tree(String name, long seed) throws IOException {
    Path root = home.resolve(name);
    new SourceTree(seed, FILES).write(root);
    return root;
  }

  private static Map<String, String> contents(Path root) throws IOException {
    var contents = new TreeMap<String, String>();
    try (var files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  @Test
  void sourceTree_ofTheSameSeed_isTheSame() throws Exception {
    Map<String, String> tree = contents(tree("a", 7));
    assertEquals(FILES, tree.size());
    assertEquals(tree, contents(tree("b", 7)));
  }

  @Test
  void sourceTree_ofAnotherSeed_sharesNoContents() throws Exception {
    var all = new HashSet<String>(contents(tree("a", 7)).values());
    all.retainAll(contents(tree("b", 8)).values());
    assertTrue(all.isEmpty(), () -> all.size() + " files are alike");
  }

  @Test
  void noise_hasNoPageTwice() throws Exception {
    Path file = home.resolve("noise");
    new Noise(1).writeFile(file, 3);
    byte[] bytes = Files.readAllBytes(file);
    assertEquals(3 << 20, bytes.length);
    var pages = new HashSet<String>();
    for (int at = 0; at < bytes.length; at += PAGE_BYTES) {
      pages.add(new String(bytes, at, PAGE_BYTES, StandardCharsets.ISO_8859_1));
    }
    assertEquals((3 << 20) / PAGE_BYTES, pages.size());
  }

  @Test
  void libraries_areMarkedAndOtherwiseAlike() throws Exception {
    Path library = Files.createDirectories(home.resolve("lib/python3.x/json"));
    Files.writeString(library.resolve("a.py"), "x".repeat(5000));
    Files.writeString(Files.createDirectories(home.resolve("lib/perl")).resolve("b.pl"), "y");
    Files.createSymbolicLink(library.resolve("link"), Path.of("a.py"));
    new LibraryTree(home.resolve("lib"), "python3*", 10, 10_000).copy(home.resolve("copy"), 42);
    Path copy = home.resolve("copy/python3.x/json");
    String text = Files.readString(copy.resolve("a.py"));
    assertEquals(5000, text.length());
    assertEquals("\0\0\0\0\0\0\0*x", text.substring(4096, 4105));
    assertEquals(Path.of("a.py"), Files.readSymbolicLink(copy.resolve("link")));
    assertFalse(Files.exists(home.resolve("copy/perl")));
  }

  @Test
  void libraries_endWithTheFileThatIsTooMuch() throws Exception {
    Path library = Files.createDirectories(home.resolve("lib/a"));
    for (int i = 0; i < 10; i++) {
      Files.writeString(library.resolve("file" + i), "z".repeat(100));
    }
    new LibraryTree(home.resolve("lib"), "*", 10, 250).copy(home.resolve("bytes"), 1);
    assertEquals(3, contents(home.resolve("bytes")).size());
    new LibraryTree(home.resolve("lib"), "*", 4, 10_000).copy(home.resolve("files"), 1);
    assertEquals(4, contents(home.resolve("files")).size());
  }
}
