package org.salvusfs.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page for operators and the parser's table say the same. */
final class ConfigDocumentationTest {
  private static final Path PAGE = Path.of("../docs/operations/configuration.md");
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z.-]+)` \\| ([^|]+) \\| ([^|]+) \\| [^|]+ \\|");

  @Test
  void page_listsEveryKeyWithTypeAndDefault_inTheParsersOrder() throws Exception {
    var documented =
        Files.readAllLines(PAGE).stream()
            .map(ROW::matcher)
            .filter(Matcher::matches)
            .map(row -> row.group(1) + ": " + row.group(2) + ", " + row.group(3))
            .toList();
    var parsed =
        Setting.ALL.stream()
            .map(setting -> setting.path() + ": " + setting.type() + ", " + fallback(setting))
            .toList();
    assertEquals(String.join("\n", parsed), String.join("\n", documented));
  }

  private static String fallback(Setting<?> setting) {
    return setting.fallback() == null
        ? "required"
        : setting.fallback().isEmpty() ? "none" : "`" + setting.fallback() + "`";
  }

  @Test
  void page_example_isAccepted() throws Exception {
    var page = Files.readString(PAGE);
    int start = page.indexOf("```yaml\n") + "```yaml\n".length();
    var example = page.substring(start, page.indexOf("```", start));
    assertEquals(Path.of("/projects"), ConfigFile.parse(example, Path.of("/x.yaml")).mount());
  }
}
