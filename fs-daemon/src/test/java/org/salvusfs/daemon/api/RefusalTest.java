package org.salvusfs.daemon.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.Json;
import org.salvusfs.daemon.control.Messages.TokenMade;
import org.salvusfs.daemon.control.Problem;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FakeDaemon;

/** Who may do what, and what makes no sense. */
final class RefusalTest {
  @TempDir private Path directory = Path.of("");
  private final FakeDaemon daemon = new FakeDaemon();
  private Optional<TestApi> served = Optional.empty();
  private Optional<Http> client = Optional.empty();

  @BeforeEach
  void serve() throws Exception {
    served = Optional.of(TestApi.serving(directory, daemon));
    client = Optional.of(new Http(api().url()));
    daemon.createProject("demo", Optional.empty(), Optional.empty());
    daemon.createProject("other", Optional.empty(), Optional.empty());
  }

  @AfterEach
  void close() {
    client.ifPresent(Http::close);
    served.ifPresent(TestApi::close);
  }

  private TestApi api() {
    return served.orElseThrow();
  }

  private Http http() {
    return client.orElseThrow();
  }

  private static Problem refused(Refusal refusal, HttpResponse<String> answer) throws Exception {
    assertEquals(refusal.status(), answer.statusCode(), answer.body());
    assertEquals(
        "application/problem+json", answer.headers().firstValue("Content-Type").orElse(""));
    var problem = Json.read(answer.body(), Problem.class);
    assertEquals(refusal.type(), problem.type());
    return problem;
  }

  private String token(String body) throws Exception {
    var made = http().post("/v1/tokens", body);
    assertEquals(201, made.statusCode(), made.body());
    return Json.read(made.body(), TokenMade.class).secret();
  }

  @Test
  void typesOfProblems_stayTheSame() {
    assertEquals("urn:salvusfs:problem:name-taken", Refusal.NAME_TAKEN.type());
    assertEquals("urn:salvusfs:problem:unknown-project", Refusal.UNKNOWN_PROJECT.type());
    assertEquals("urn:salvusfs:problem:invalid", Refusal.INVALID.type());
  }

  @Test
  void withoutToken_onlyWhatIsOpen() throws Exception {
    for (var path : List.of("/metrics", "/v1/health", "/v1/openapi.yaml")) {
      assertEquals(200, http().ask("GET", path, "", "").statusCode(), path);
    }
    assertEquals(TestApi.METRICS, http().ask("GET", "/metrics", "", "").body());
    for (var path : List.of("/v1/status", "/v1/nothing", "/", "/v1/projects/..")) {
      var answer = http().ask("GET", path, "", "");
      refused(Refusal.UNAUTHORIZED, answer);
      assertEquals("Bearer", answer.headers().firstValue("WWW-Authenticate").orElse(""));
    }
    refused(Refusal.UNAUTHORIZED, http().ask("GET", "/v1/status", "salvus_00", ""));
  }

  @Test
  void scopes_includeThoseBelow_andNoMore() throws Exception {
    var read = token("{\"scope\":\"read\"}");
    var operate = token("{\"scope\":\"operate\"}");
    var admin = token("{\"scope\":\"admin\"}");
    for (var token : List.of(read, operate, admin)) {
      assertEquals(200, http().ask("GET", "/v1/status", token, "").statusCode());
    }
    var snapshots = "/v1/projects/demo/snapshots";
    refused(Refusal.FORBIDDEN, http().ask("POST", snapshots, read, ""));
    assertEquals(201, http().ask("POST", snapshots, operate, "{\"name\":\"a\"}").statusCode());
    refused(Refusal.FORBIDDEN, http().ask("DELETE", snapshots + "/a", operate, ""));
    refused(Refusal.FORBIDDEN, http().ask("POST", "/v1/stop", operate, ""));
    refused(Refusal.FORBIDDEN, http().ask("GET", "/v1/tokens", operate, ""));
    assertEquals(204, http().ask("DELETE", snapshots + "/a", admin, "").statusCode());
  }

  @Test
  void tokenOfOneProject_knowsNoOther() throws Exception {
    var token = token("{\"scope\":\"admin\",\"project\":\"demo\"}");
    var id = daemon.project("demo").id();
    for (var name : List.of("demo", id)) {
      assertEquals(200, http().ask("GET", "/v1/projects/" + name, token, "").statusCode());
    }
    for (var path :
        List.of("/v1/projects/other", "/v1/projects/none", "/v1/projects", "/v1/status")) {
      refused(Refusal.FORBIDDEN, http().ask("GET", path, token, ""));
    }
    refused(
        Refusal.FORBIDDEN,
        http().ask("POST", "/v1/projects/demo/clones", token, "{\"name\":\"x\"}"));
    assertEquals(202, http().post("/v1/projects/other/checks", "").statusCode());
    assertEquals("[]", http().ask("GET", "/v1/jobs", token, "").body());
    assertEquals(202, http().ask("POST", "/v1/projects/demo/checks", token, "").statusCode());
    assertTrue(http().ask("GET", "/v1/jobs", token, "").body().contains(id));
  }

  @Test
  void token_expiredOrRevoked_isGoodForNothing() throws Exception {
    var token = token("{\"name\":\"short\",\"scope\":\"read\",\"expiresSeconds\":60}");
    api().pass(59);
    assertEquals(200, http().ask("GET", "/v1/status", token, "").statusCode());
    api().pass(1);
    refused(Refusal.UNAUTHORIZED, http().ask("GET", "/v1/status", token, ""));
    assertTrue(http().get("/v1/tokens").body().contains("\"expired\":true"));
    var other = token("{\"name\":\"long\",\"scope\":\"read\"}");
    assertEquals(204, http().ask("DELETE", "/v1/tokens/long", TestApi.TOKEN, "").statusCode());
    refused(Refusal.UNAUTHORIZED, http().ask("GET", "/v1/status", other, ""));
  }

  @Test
  void tokens_outliveTheDaemon_andTheirSecretsAreNotKept() throws Exception {
    var token = token("{\"name\":\"ci\",\"scope\":\"read\"}");
    var file = api().layout().tokens();
    assertEquals(PosixFilePermissions.fromString("rw-------"), Files.getPosixFilePermissions(file));
    assertTrue(!Files.readString(file).contains(token.substring("salvus_".length())));
    close();
    serveAgain();
    assertEquals(200, http().ask("GET", "/v1/status", token, "").statusCode());
  }

  private void serveAgain() throws Exception {
    served = Optional.of(TestApi.serving(directory, daemon));
    client = Optional.of(new Http(api().url()));
  }

  @Test
  void tokensFile_damaged_isRefusedAtTheStart() throws Exception {
    for (var text : List.of("{", "{}", "{\"tokens\":{\"a\":{\"scope\":\"x\",\"sha256\":\"\"}}}")) {
      Files.writeString(api().layout().tokens(), text);
      var e =
          assertThrows(
              DaemonException.Obstructed.class,
              () -> Tokens.read(api().layout().tokens(), "x", () -> 0, () -> "x"));
      assertTrue(String.valueOf(e.getMessage()).contains("tokens.json is damaged"));
    }
  }

  @Test
  void pathsThatLeadElsewhere_areRefused() throws Exception {
    for (var path :
        List.of(
            "/v1/projects/..",
            "/v1/projects/%2e%2e",
            "/v1/projects/..%2f..%2fetc",
            "/v1/projects/demo/snapshots/a%2Fb",
            "/v1/projects/a%00b",
            "/v1/projects/%ff",
            "/v1/projects/")) {
      var problem = refused(Refusal.INVALID, http().get(path));
      assertTrue(List.of("project", "snapshot").contains(problem.field()), path);
    }
    for (var path : List.of("/v2/status", "/v1", "/v1//status", "/v1/status/", "/v1/../metrics")) {
      refused(Refusal.UNKNOWN_PATH, http().get(path));
    }
  }

  @Test
  void wrongMethod_isToldWhichThereAre() throws Exception {
    var answer = http().ask("PUT", "/v1/projects", TestApi.TOKEN, "{}");
    refused(Refusal.WRONG_METHOD, answer);
    assertEquals("GET, POST", answer.headers().firstValue("Allow").orElse(""));
  }

  @Test
  void bodiesThatMakeNoSense_areRefusedNamingTheField() throws Exception {
    var wrong =
        Map.ofEntries(
            Map.entry("{\"name\":\"x\",\"colour\":1}", "colour"),
            Map.entry("{\"name\":5}", "name"),
            Map.entry("{\"name\":[\"x\"]}", "name"),
            Map.entry("{}", "name"),
            Map.entry("", "name"),
            Map.entry("{\"name\":\"x\",\"durability\":\"none\"}", "durability"));
    for (var one : wrong.entrySet()) {
      var problem = refused(Refusal.INVALID, http().post("/v1/projects", one.getKey()));
      assertEquals(one.getValue(), problem.field(), one.getKey());
    }
    for (var text :
        List.of(
            "{",
            "null",
            "[]",
            "nonsense",
            "{\"name\":\"x\"} {}",
            "{\"name\":\"x\",\"name\":\"y\"}")) {
      refused(Refusal.INVALID, http().post("/v1/projects", text));
    }
    assertEquals(2, daemon.projects().size());
  }

  @Test
  void limitsThatMakeNoSense_areRefusedNamingTheField() throws Exception {
    var wrong =
        Map.of(
            "{\"softBytes\":-1}", "softBytes",
            "{\"inodes\":\"many\"}", "inodes",
            "{\"inodes\":1.5}", "inodes",
            "{\"graceSeconds\":-5}", "graceSeconds",
            "{\"remove\":[\"name\"]}", "remove",
            "{\"quota\":{\"bytes\":-1}}", "quota");
    for (var one : wrong.entrySet()) {
      var problem = refused(Refusal.INVALID, http().post("/v1/projects/demo/limits", one.getKey()));
      assertEquals(one.getValue(), problem.field(), one.getKey());
    }
    refused(Refusal.INVALID, http().post("/v1/projects/demo/limits", "{}"));
  }

  @Test
  void queriesThatMakeNoSense_areRefusedNamingTheParameter() throws Exception {
    var wrong =
        Map.of(
            "days=0", "days",
            "days=367", "days",
            "most=many", "most",
            "dyas=1", "dyas",
            "days=1&days=2", "days",
            "most=%25", "most");
    for (var one : wrong.entrySet()) {
      var problem = refused(Refusal.INVALID, http().get("/v1/events?" + one.getKey()));
      assertEquals(one.getValue(), problem.field(), one.getKey());
    }
  }

  @Test
  void tooLargeBody_isRefused_andTheConnectionGoesOn() throws Exception {
    var most = "{\"name\":\"x\"" + " ".repeat(Dispatcher.BODY_BYTES_MAX - 12) + "}";
    assertEquals(Dispatcher.BODY_BYTES_MAX, most.length());
    refused(Refusal.TOO_LARGE, http().post("/v1/projects", most + " "));
    refused(Refusal.TOO_LARGE, http().post("/v1/projects", " ".repeat(4 << 20)));
    assertEquals(201, http().post("/v1/projects", most).statusCode());
  }

  @Test
  void addressOfOthers_withoutTls_cannotBeMeant() {
    assertThrows(
        IllegalArgumentException.class,
        () -> new DaemonConfig.Control(InetAddress.ofLiteral("0.0.0.0"), 0, Optional.empty()));
  }

  @Test
  void bind_takenPort_isRefused() {
    var taken =
        new DaemonConfig.Control(
            InetAddress.ofLiteral("127.0.0.1"), api().port(), Optional.empty());
    var e = assertThrows(DaemonException.Obstructed.class, () -> ApiServer.bind(taken));
    assertTrue(String.valueOf(e.getMessage()).contains("port " + api().port()));
  }
}
