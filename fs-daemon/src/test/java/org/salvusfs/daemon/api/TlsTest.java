package org.salvusfs.daemon.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.config.DaemonConfig;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.control.DaemonFile;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.FakeDaemon;

/** The API with a certificate that the JDK's keytool has made. */
final class TlsTest {
  private static final String PASSWORD = "changeit";

  @TempDir private Path directory = Path.of("");

  @BeforeEach
  void makeCertificate() throws Exception {
    var store = directory.resolve("keys.p12");
    var keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                "api",
                "-dname",
                "CN=salvus.example",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    var said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, keytool.waitFor(), said);
    var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
    write("CERTIFICATE", keys.getCertificate("api").getEncoded(), certificate());
    write("PRIVATE KEY", keys.getKey("api", PASSWORD.toCharArray()).getEncoded(), key());
  }

  private static void write(String what, byte[] der, Path file) throws IOException {
    var text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(what, text, what));
  }

  private Path certificate() {
    return directory.resolve("api.crt");
  }

  private Path key() {
    return directory.resolve("api.key");
  }

  private DaemonConfig.Control listening() {
    return new DaemonConfig.Control(
        InetAddress.ofLiteral("0.0.0.0"),
        0,
        Optional.of(new DaemonConfig.Tls(certificate(), key())));
  }

  @Test
  void client_knowsTheCertificateThatTheDaemonAnnounced() throws Exception {
    var daemon = new FakeDaemon();
    try (var api = TestApi.serving(directory, daemon, listening())) {
      assertTrue(api.url().startsWith("https://127.0.0.1:"), api.url());
      assertEquals(daemon.status(), ControlClient.of(api.layout()).status());
    }
  }

  @Test
  void client_trustsNoOtherCertificate() throws Exception {
    try (var api = TestApi.serving(directory, new FakeDaemon(), listening())) {
      new DaemonFile(1, api.url(), "00".repeat(32), "/projects").write(api.layout());
      var client = ControlClient.of(api.layout());
      assertThrows(DaemonException.NotRunning.class, client::status);
    }
  }

  @Test
  void withoutEncryption_nobodyIsAnswered() throws Exception {
    try (var api = TestApi.serving(directory, new FakeDaemon(), listening());
        var http = new Http(api.url().replace("https", "http"))) {
      assertThrows(IOException.class, () -> http.get("/v1/status"));
    }
  }

  @Test
  void certificateOrKeyThatIsNone_isRefused() throws Exception {
    Files.writeString(key(), "nonsense");
    assertThrows(DaemonException.Obstructed.class, () -> ApiServer.bind(listening()));
    Files.writeString(certificate(), "nonsense");
    var e = assertThrows(DaemonException.Obstructed.class, () -> ApiServer.bind(listening()));
    assertTrue(String.valueOf(e.getMessage()).contains("holds no certificate"), e.getMessage());
    Files.delete(certificate());
    assertThrows(DaemonException.Obstructed.class, () -> ApiServer.bind(listening()));
  }
}
