package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** What a running daemon exports is what page, dashboard and alert rules say. */
@Tag("mount")
class MetricsIT {
  private static final Path DOCS = DevStack.repository().resolve("docs/operations");
  private static final Pattern FAMILY =
      Pattern.compile("^# TYPE (salvus_\\w+) ", Pattern.MULTILINE);
  private static final Pattern ON_THE_PAGE =
      Pattern.compile("^\\| `(salvus_\\w+)` \\|", Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("\\bsalvus_\\w+");
  private static final Duration DEADLINE = Duration.ofSeconds(30);
  private static final int FILE_BYTES = 1_000_000;

  @TempDir Path directory;

  @Test
  void exportedMetrics_areThoseOfPageDashboardAndRules_andTellOfEachOpenProject() throws Exception {
    try (var stack = new DevStack(directory.resolve("stack"))) {
      stack.configure("cassandra: {local: yes}\ncontrol: {port: 0}\n");
      stack.start();
      Files.write(stack.home().resolve("file"), new byte[FILE_BYTES]);
      Files.createDirectories(stack.home().resolve("directory/within"));
      assertThrows(
          DirectoryNotEmptyException.class,
          () -> Files.delete(stack.home().resolve("directory")),
          "which is refused");
      salvus(stack, "snapshot", "create", "demo");
      String id = project(stack);

      String metrics = scrape(stack);
      var exported = names(FAMILY, metrics);
      assertEquals(
          String.join("\n", exported),
          String.join("\n", names(ON_THE_PAGE, Files.readString(DOCS.resolve("monitoring.md")))));
      assertExported(exported, "dashboard.json");
      assertExported(exported, "alerts.yaml");

      assertTrue(value(metrics, "salvus_project_bytes", id) >= FILE_BYTES, metrics);
      assertEquals(Double.POSITIVE_INFINITY, value(metrics, "salvus_project_bytes_limit", id));
      assertEquals(1, value(metrics, "salvus_project_snapshots", id));
      assertTrue(value(metrics, "salvus_project_operations_total", id) >= 3, metrics);
      salvus(stack, "project", "set", "demo", "--quota", "10M", "--inodes", "500");
      salvus(stack, "snapshot", "create", "demo", "second");
      salvus(stack, "snapshot", "delete", "demo", "second");
      String limited = scrape(stack);
      assertEquals(10 << 20, value(limited, "salvus_project_bytes_limit", id));
      assertEquals(500, value(limited, "salvus_project_inodes_limit", id));
      // A deletion is counted when its nodes are on their way out, a moment later.
      DevStack.await(DEADLINE, () -> snapshots(stack, id) == 1, stack::errors);

      salvus(stack, "project", "delete", "demo");
      assertFalse(scrape(stack).contains(id), "a project that is not open has no metrics");
    }
  }

  @Test
  void dashboardAndRules_haveTheFormThatGrafanaAndPrometheusRead() throws Exception {
    JsonNode dashboard = new ObjectMapper().readTree(DOCS.resolve("dashboard.json").toFile());
    var ids = new TreeSet<Integer>();
    for (JsonNode panel : dashboard.at("/panels")) {
      assertTrue(ids.add(panel.at("/id").asInt()), panel.toString());
      assertFalse(panel.at("/title").asText().isEmpty(), panel.toString());
      assertTrue(NAME.matcher(panel.at("/targets/0/expr").asText()).find(), panel.toString());
    }
    assertTrue(ids.size() >= 10, "panels: " + ids);

    var rules =
        new Load(LoadSettings.builder().build())
            .loadFromString(Files.readString(DOCS.resolve("alerts.yaml")));
    JsonNode group = new ObjectMapper().valueToTree(((Map<?, ?>) rules).get("groups")).get(0);
    var alerts = new TreeSet<String>();
    for (JsonNode rule : group.get("rules")) {
      assertTrue(alerts.add(rule.get("alert").asText()), rule.toString());
      assertFalse(rule.get("expr").asText().isEmpty(), rule.toString());
      assertFalse(rule.at("/labels/severity").asText().isEmpty(), rule.toString());
      assertFalse(rule.at("/annotations/summary").asText().isEmpty(), rule.toString());
      assertFalse(rule.at("/annotations/action").asText().isEmpty(), rule.toString());
    }
    assertTrue(
        alerts.containsAll(
            List.of(
                "SalvusQuotaNearlyFull",
                "SalvusSnapshotsFailing",
                "SalvusGarbageFailing",
                "SalvusScrubFoundDamage",
                "SalvusCassandraAway",
                "SalvusDaemonDown")),
        alerts.toString());
  }

  private static void assertExported(Set<String> exported, String file) throws IOException {
    var used = names(NAME, Files.readString(DOCS.resolve(file)));
    assertFalse(used.isEmpty(), file);
    for (String name : used) {
      assertTrue(
          exported.contains(name) || exported.contains(name.replaceAll("_(count|sum)$", "")),
          name + " of " + file + " is not exported");
    }
  }

  private static Set<String> names(Pattern pattern, String text) {
    var names = new TreeSet<String>();
    var matcher = pattern.matcher(text);
    while (matcher.find()) {
      names.add(matcher.group(matcher.groupCount()));
    }
    return names;
  }

  private static double snapshots(DevStack stack, String id) {
    try {
      return value(scrape(stack), "salvus_project_snapshots", id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while reading the metrics", e);
    }
  }

  private static double value(String metrics, String name, String project) {
    String start = name + "{project=\"" + project + "\"} ";
    String value =
        metrics
            .lines()
            .filter(line -> line.startsWith(start))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no " + start + " in " + metrics))
            .substring(start.length());
    return value.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(value);
  }

  private static String scrape(DevStack stack) throws IOException, InterruptedException {
    JsonNode daemon = new ObjectMapper().readTree(stack.data().resolve("daemon.json").toFile());
    var request = HttpRequest.newBuilder(URI.create(daemon.get("url").asText() + "/metrics"));
    try (var client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }
  }

  private static String project(DevStack stack) throws IOException, InterruptedException {
    String shown = salvus(stack, "project", "show", "demo", "--json");
    return new ObjectMapper().readTree(shown).get("id").asText();
  }

  private static String salvus(DevStack stack, String... words)
      throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(0, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }
}
