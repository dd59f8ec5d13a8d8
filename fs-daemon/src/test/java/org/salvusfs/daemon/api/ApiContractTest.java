package org.salvusfs.daemon.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.control.Messages.JobStatus;
import org.salvusfs.daemon.control.Messages.TokenMade;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FakeDaemon;
import org.salvusfs.daemon.management.ManagedBackups;
import org.salvusfs.daemon.management.ManagedDaemon;
import org.salvusfs.daemon.management.ManagedExports;
import org.salvusfs.daemon.management.ManagedLinks;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ManagedStreams;
import org.salvusfs.daemon.management.ManagedTrash;

/**
 * The document and the implementation say the same: each operation of one is in the other, and each
 * documented response is produced and has the documented form.
 */
final class ApiContractTest {
  private static final String PROJECT = "demo";
  private static final String SNAPSHOT = "first";

  /** What the first project of a fake daemon gets. */
  private static final UUID DEMO_ID = new UUID(7, 0);

  private static final String TOKEN_NAME = "ci";

  /** Bodies that succeed, by operation; the others need none. */
  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry(
              "POST /v1/projects", "{\"name\":\"new\",\"durability\":\"quorum\",\"ownKey\":true}"),
          Map.entry(
              "POST /v1/projects/{project}/limits",
              "{\"quota\":{\"times\":2,\"bytes\":4096},\"inodes\":100,\"remove\":[\"softBytes\"]}"),
          Map.entry(
              "POST /v1/projects/{project}/snapshots/{snapshot}/restore",
              "{\"path\":\"a/b\",\"to\":\"c\"}"),
          Map.entry(
              "POST /v1/projects/{project}/storage",
              "{\"durability\":\"quorum\",\"compression\":\"zstd\"}"),
          Map.entry("POST /v1/projects/{project}/policy", "{\"policy\":\"1h:24\"}"),
          Map.entry("POST /v1/projects/{project}/purge", "{\"force\":false}"),
          Map.entry("POST /v1/projects/{project}/checks", "{\"repair\":true}"),
          Map.entry(
              "POST /v1/projects/{project}/copies",
              "{\"from\":\"demo\",\"snapshot\":\"first\",\"path\":\"a\",\"to\":\"b/\",\"replace\":true}"),
          Map.entry(
              "POST /v1/projects/{project}/links",
              "{\"from\":\""
                  + DEMO_ID
                  + "\",\"directory\":\"a\",\"to\":\"link\",\"uid\":1,\"gid\":2}"),
          Map.entry("POST /v1/projects/{project}/unlink", "{\"path\":\"link\"}"),
          Map.entry("POST /v1/projects/{project}/imports", "{\"directory\":\"/tmp\"}"),
          Map.entry(
              "POST /v1/backups",
              "{\"target\":\"/mnt/backup\",\"projects\":[\"demo\"],\"key\":\"omit\"}"),
          Map.entry("POST /v1/receives", "{\"project\":\"demo\",\"since\":\"first\"}"),
          Map.entry("POST /v1/restores", "{\"target\":\"/mnt/backup\"}"),
          Map.entry(
              "POST /v1/projects/{project}/snapshots", "{\"name\":\"second\",\"comment\":\"why\"}"),
          Map.entry("POST /v1/projects/{project}/snapshots/{snapshot}/hold", "{\"tag\":\"x\"}"),
          Map.entry("POST /v1/projects/{project}/snapshots/{snapshot}/release", "{\"tag\":\"x\"}"),
          Map.entry(
              "POST /v1/projects/{project}/clones", "{\"snapshot\":\"first\",\"name\":\"copy\"}"),
          Map.entry(
              "POST /v1/tokens",
              "{\"name\":\"new\",\"scope\":\"read\",\"project\":\"demo\",\"expiresSeconds\":60}"));

  /** Bodies that ask for something that is there already. */
  private static final Map<String, String> TAKEN =
      Map.of(
          "POST /v1/receives", "{\"project\":\"demo\"}",
          "POST /v1/projects", "{\"name\":\"demo\"}",
          "POST /v1/projects/{project}/snapshots", "{\"name\":\"first\"}",
          "POST /v1/projects/{project}/clones", "{\"name\":\"demo\"}",
          "POST /v1/projects/{project}/links", "{\"from\":\"demo\",\"to\":\"taken\"}",
          "POST /v1/tokens", "{\"name\":\"ci\",\"scope\":\"read\"}");

  @TempDir private Path directory = Path.of("");

  private record Running(TestApi api, Http http) implements AutoCloseable {
    static Running of(TestApi api) {
      return new Running(api, new Http(api.url()));
    }

    @Override
    public void close() {
      http.close();
      api.close();
    }
  }

  private static OpenApi document() {
    return new OpenApi(new String(Documents.openApi().body(), UTF_8));
  }

  private static List<Route> routes() {
    var daemon = new FakeDaemon();
    var jobs = new Jobs(() -> "1", Runnable::run);
    try {
      var tokens = Tokens.read(Path.of("/none"), "x", () -> 0, () -> "x");
      return Routes.of(daemon, () -> "", jobs, tokens, new EventOperations(daemon, () -> 0));
    } catch (DaemonException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void everyRouteIsInTheDocument_andEveryOperationIsRouted_withTheSameScope() {
    var documented = new TreeSet<String>();
    for (var operation : document().operations()) {
      documented.add(operation + " " + operation.scope());
    }
    var routed = new TreeSet<String>();
    for (var route : routes()) {
      var scope = route.scope();
      routed.add(route.method() + " " + route.path() + " " + (scope == null ? "" : scope.word()));
    }
    assertEquals(String.join("\n", documented), String.join("\n", routed));
  }

  @TestFactory
  Stream<DynamicTest> everyDocumentedResponse_isProducedInTheDocumentedForm() {
    return document().operations().stream()
        .flatMap(
            operation ->
                operation.statuses().stream()
                    .map(
                        status ->
                            dynamicTest(
                                operation + " " + status, () -> requireForm(operation, status))));
  }

  private void requireForm(OpenApi.Operation operation, String status) throws Exception {
    var home = Files.createTempDirectory(directory, "api");
    var answer = produce(operation, status, home);
    assertEquals(status, Integer.toString(answer.statusCode()), answer.body());
    var type = answer.headers().firstValue("Content-Type").orElse("").replaceAll(";.*", "");
    assertEquals("", document().faults(operation, status, type, answer.body()), answer.body());
  }

  private HttpResponse<String> produce(OpenApi.Operation operation, String status, Path home)
      throws Exception {
    return switch (status) {
      case "503" -> {
        try (var running = Running.of(TestApi.starting(home))) {
          yield running
              .http()
              .ask(operation.method(), operation.path().replaceAll("[{}]", ""), "", "");
        }
      }
      case "500" -> failed(operation, home);
      default -> {
        try (var running = Running.of(TestApi.serving(home, new FakeDaemon()))) {
          yield produce(operation, status, running.http());
        }
      }
    };
  }

  private static HttpResponse<String> produce(OpenApi.Operation operation, String status, Http http)
      throws Exception {
    var job = prepare(http);
    var path = path(operation, job, PROJECT, SNAPSHOT, TOKEN_NAME);
    var method = operation.method();
    var body = BODIES.getOrDefault(operation.toString(), "");
    return switch (status) {
      case "400" -> http.ask(method, path + "?nonsense=1", TestApi.TOKEN, body);
      case "401" -> http.ask(method, path, "wrong-horse", body);
      case "403" -> http.ask(method, path, weaker(operation, http), body);
      case "404" -> unknown(operation, http);
      case "409" -> conflict(operation, http, path);
      case "413" ->
          http.ask(method, path, TestApi.TOKEN, " ".repeat(Dispatcher.BODY_BYTES_MAX + 1));
      default -> {
        assertEquals("", document().requestFaults(operation, body));
        if (operation.path().endsWith("/unlink")) {
          http.post("/v1/projects/demo/links", "{\"from\":\"demo\",\"to\":\"link\"}");
        }
        if (operation.path().endsWith("/release")) {
          http.post(path.replace("/release", "/hold"), body);
        }
        if (operation.path().endsWith("/undelete") || operation.path().endsWith("/purge")) {
          http.ask("DELETE", "/v1/projects/demo", TestApi.TOKEN, "");
        }
        yield http.ask(method, path, TestApi.TOKEN, body);
      }
    };
  }

  /** A project, a snapshot, a token and a job; returns the job's id. */
  private static String prepare(Http http) throws Exception {
    assertEquals(201, http.post("/v1/projects", "{\"name\":\"demo\"}").statusCode());
    var snapshots = "/v1/projects/demo/snapshots";
    assertEquals(201, http.post(snapshots, "{\"name\":\"first\"}").statusCode());
    assertEquals(
        201, http.post("/v1/tokens", TAKEN.getOrDefault("POST /v1/tokens", "")).statusCode());
    var job = http.post("/v1/projects/demo/checks", "");
    assertEquals(202, job.statusCode());
    return Json.read(job.body(), JobStatus.class).id();
  }

  private static String path(
      OpenApi.Operation operation, String job, String project, String snapshot, String token) {
    return operation
        .path()
        .replace("{project}", project)
        .replace("{snapshot}", snapshot)
        .replace("{job}", job)
        .replace("{token}", token);
  }

  /** A token that is not enough: of a lower scope, or bound to another project. */
  private static String weaker(OpenApi.Operation operation, Http http) throws Exception {
    var wanted = "{\"name\":\"weak\",\"scope\":\"read\"}";
    if (operation.scope().equals("read")) {
      assertEquals(201, http.post("/v1/projects", "{\"name\":\"other\"}").statusCode());
      wanted = "{\"name\":\"weak\",\"scope\":\"read\",\"project\":\"other\"}";
    }
    var made = http.post("/v1/tokens", wanted);
    assertEquals(201, made.statusCode());
    return Json.read(made.body(), TokenMade.class).secret();
  }

  private static HttpResponse<String> unknown(OpenApi.Operation operation, Http http)
      throws Exception {
    var body = BODIES.getOrDefault(operation.toString(), "").replace("\"demo\"", "\"none\"");
    return http.ask(
        operation.method(), path(operation, "none", "none", "none", "none"), TestApi.TOKEN, body);
  }

  private static HttpResponse<String> conflict(OpenApi.Operation operation, Http http, String path)
      throws Exception {
    if (operation.path().endsWith("/purge")) {
      assertEquals(201, http.post("/v1/projects", "{\"name\":\"held\"}").statusCode());
      assertEquals(200, http.ask("DELETE", "/v1/projects/held", TestApi.TOKEN, "").statusCode());
      return http.post(path.replace("demo", "held"), "");
    }
    if (operation.method().equals("DELETE")) {
      assertEquals(200, http.post(path + "/hold", "{\"tag\":\"x\"}").statusCode());
    }
    return http.ask(
        operation.method(), path, TestApi.TOKEN, TAKEN.getOrDefault(operation.toString(), ""));
  }

  private static HttpResponse<String> failed(OpenApi.Operation operation, Path home)
      throws Exception {
    try (var running = Running.of(TestApi.serving(home, broken()))) {
      if (operation.path().startsWith("/v1/tokens")) {
        var token = TAKEN.getOrDefault("POST /v1/tokens", "");
        assertEquals(201, running.http().post("/v1/tokens", token).statusCode());
        Files.move(home, home.resolveSibling(home.getFileName() + "-away"));
      }
      var body = BODIES.getOrDefault(operation.toString(), "").replace("\"demo\"", "null");
      var path = path(operation, "none", PROJECT, SNAPSHOT, TOKEN_NAME);
      return running.http().ask(operation.method(), path, TestApi.TOKEN, body);
    }
  }

  /** A daemon whose operations fail, or meet a defect if they cannot. */
  private static ManagedDaemon broken() {
    var snapshots = broken(ManagedSnapshots.class, Map.of());
    var trash = broken(ManagedTrash.class, Map.of());
    var backups = broken(ManagedBackups.class, Map.of());
    var exports = broken(ManagedExports.class, Map.of());
    var links = broken(ManagedLinks.class, Map.of());
    var streams = broken(ManagedStreams.class, Map.of());
    return broken(
        ManagedDaemon.class,
        Map.of(
            "snapshots", snapshots,
            "trash", trash,
            "backups", backups,
            "exports", exports,
            "links", links,
            "streams", streams));
  }

  private static <T> T broken(Class<T> type, Map<String, Object> answers) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) -> {
              if (answers.containsKey(method.getName())) {
                return answers.get(method.getName());
              }
              boolean fails = List.of(method.getExceptionTypes()).contains(DaemonException.class);
              throw fails
                  ? new DaemonException.Failed("it was begun and failed")
                  : new IllegalStateException("a defect");
            }));
  }

  @TestFactory
  Stream<DynamicTest> everyDocumentedParameter_isThere() {
    return document().operations().stream()
        .flatMap(
            operation ->
                document().parameters(operation, "query").entrySet().stream()
                    .filter(parameter -> !parameter.getKey().equals("follow")) // it does not end
                    .map(
                        parameter ->
                            dynamicTest(
                                operation + "?" + parameter.getKey(),
                                () -> requireTaken(operation, parameter))));
  }

  private void requireTaken(OpenApi.Operation operation, Map.Entry<String, String> parameter)
      throws Exception {
    var home = Files.createTempDirectory(directory, "api");
    try (var running = Running.of(TestApi.serving(home, new FakeDaemon()))) {
      var job = prepare(running.http());
      var path = path(operation, job, PROJECT, SNAPSHOT, TOKEN_NAME);
      var query = "?" + parameter.getKey() + "=" + parameter.getValue();
      var answer = running.http().ask(operation.method(), path + query, TestApi.TOKEN, "");
      assertEquals(200, answer.statusCode(), answer.body());
    }
  }

  @Test
  void everyWordInBraces_isADocumentedParameter() {
    for (var operation : document().operations()) {
      var words = new TreeSet<String>();
      for (var word : Route.words(operation.path())) {
        if (word.startsWith("{")) {
          words.add(word.substring(1, word.length() - 1));
        }
      }
      assertEquals(words, document().parameters(operation, "path").keySet(), operation.toString());
    }
  }
}
