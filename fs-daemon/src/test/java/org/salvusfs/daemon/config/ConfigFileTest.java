package org.salvusfs.daemon.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.fuse.FuseChoice;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.api.Durability;
import org.salvusfs.quota.retention.Retention;

final class ConfigFileTest {
  private static final Path FILE = Path.of("/etc/salvus/salvus.yaml");

  @Test
  void parse_leastFile_takesDefaults() throws Exception {
    var config = ConfigFile.parse("data: /d\nmount: /m\n", FILE);
    assertEquals(Path.of("/d"), config.data());
    assertEquals(Path.of("/m"), config.mount());
    assertEquals(Optional.empty(), config.passphraseFile());
    assertEquals(
        new DaemonConfig.Cassandra(false, List.of("127.0.0.1:9042"), "dc1", "salvus", 3),
        config.cassandra());
    assertEquals(
        new DaemonConfig.Txg(Duration.ofSeconds(5), 48 << 20, 144 << 20, 100_000), config.txg());
    assertEquals(Durability.HOST, config.durability());
    assertEquals(Duration.ofSeconds(30), config.patience());
    assertEquals(
        new DaemonConfig.Control(InetAddress.ofLiteral("127.0.0.1"), 0, Optional.empty()),
        config.control());
  }

  @Test
  void parse_everyKey_isUsed() throws Exception {
    var config =
        ConfigFile.parse(
            """
            data: data            # relative to the file
            mount: "/srv/two words"
            passphrase-file: /run/secret
            durability: quorum
            patience: 2min
            cassandra:
              local: no
              contact-points: [10.0.0.1:9042, db.example:9043]
              datacenter: graz
              keyspace: salvus_graz
              copies: 5
            txg: {interval: 500ms, dirty-bytes: 1GiB, dirty-bytes-all: 2GiB, items: 5}
            cache:
              chunks: 64KiB
              nodes: 1MiB
            fuse:
              threads: 4
              writeback: yes
              keep-awake: yes
              binding: jnr
            snapshots:
              policy: 1h:3,1d:5
              most: 9
              factor: 7
            trash:
              grace: 2w
            gc: {period: 3h, grace: 5s, bytes-per-second: 1MiB}
            scrub: {period: 1w, bytes-per-second: 2MiB}
            control:
              address: 0.0.0.0
              port: 8080
              certificate: api.crt
              key: /run/api.key
            """,
            FILE);
    assertEquals(
        new DaemonConfig(
            Path.of("/etc/salvus/data"),
            Path.of("/srv/two words"),
            Optional.of(Path.of("/run/secret")),
            new DaemonConfig.Cassandra(
                false, List.of("10.0.0.1:9042", "db.example:9043"), "graz", "salvus_graz", 5),
            Durability.QUORUM,
            Duration.ofMinutes(2),
            new DaemonConfig.Txg(Duration.ofMillis(500), 1L << 30, 2L << 30, 5),
            new DaemonConfig.Cache(64 << 10, 1 << 20),
            new DaemonConfig.Fuse(4, true, true, FuseChoice.JNR),
            new DaemonConfig.Keeping(Retention.parse("1h:3,1d:5"), 9, 7, Duration.ofDays(14)),
            new DaemonConfig.Garbage(Duration.ofHours(3), Duration.ofSeconds(5), 1 << 20),
            new DaemonConfig.Scrub(Duration.ofDays(7), 2 << 20),
            new DaemonConfig.Control(
                InetAddress.ofLiteral("0.0.0.0"),
                8080,
                Optional.of(
                    new DaemonConfig.Tls(
                        Path.of("/etc/salvus/api.crt"), Path.of("/run/api.key"))))),
        config);
  }

  @Test
  void parse_unknownKey_isRefusedWithItsLine() {
    refused("data: /d\nmount: /m\nmuont: /x\n", ":3: unknown key \"muont\"");
    refused("data: /d\nmount: /m\ntxg:\n  intervall: 5s\n", ":4: unknown key \"txg.intervall\"");
    refused("data: /d\nmount: /m\ntx: 5\n", ":3: unknown key \"tx\"");
  }

  @Test
  void parse_wrongValue_isRefusedWithItsLineAndWhatIsExpected() {
    refused(
        "data: /d\nmount: /m\n\npatience: soon\n", ":4: patience is \"soon\"; write a duration");
    refused("data: /d\nmount: /m\npatience: -5s\n", ":3: patience");
    refused("data: /d\nmount: /m\nfuse:\n  threads: 0\n", ":4: fuse.threads is \"0\"");
    refused("data: /d\nmount: /m\nfuse:\n  writeback: 1\n", "write yes or no");
    refused("data: /d\nmount: /m\nfuse:\n  binding: fast\n", "write auto, kernel or jnr");
    refused("data: /d\nmount: /m\nfuse:\n  keep-awake: auto\n", "write yes or no");
    refused("data: /d\nmount: /m\ncache:\n  chunks: 64\n", "write a size");
    refused("data: /d\nmount: /m\ncontrol:\n  port: 65536\n", "from 0 to 65535");
    refused("data: /d\nmount: /m\ncassandra:\n  keyspace: A-b\n", ":4: cassandra.keyspace");
    refused("data: /d\nmount: /m\ncassandra:\n  contact-points: [a]\n", "write host:port");
    refused("data: /d\nmount: /m\ndurability: none\n", "write host or quorum");
    refused("data: /d\nmount: /m\nsnapshots:\n  policy: often\n", ":4: snapshots.policy");
    refused("data: /d\nmount: /m\ntrash:\n  grace: 5\n", "write a span of time");
    refused("data: /d\nmount:\n", ":2: mount is \"\"");
  }

  @Test
  void parse_controlAddressOfOthersWithoutTls_isRefusedWithItsLine() {
    refused(
        "data: /d\nmount: /m\ncontrol:\n  address: 0.0.0.0\n",
        ":4: control.address 0.0.0.0 can be reached from elsewhere");
    refused("data: /d\nmount: /m\ncontrol:\n  address: 10.0.0.1\n", ":4: control.address");
    refused("data: /d\nmount: /m\ncontrol:\n  address: \"::\"\n", "control.certificate");
    refused("data: /d\nmount: /m\ncontrol:\n  address: here\n", "write an IP address");
    refused("data: /d\nmount: /m\ncontrol:\n  key: /k\n", ":4: control.certificate and");
    refused("data: /d\nmount: /m\ncontrol:\n  certificate: /c\n", ":4: control.certificate and");
  }

  @Test
  void parse_wrongShape_isRefusedWithItsLine() {
    refused("data: /d\nmount: /m\ntxg: 5s\n", ":3: txg holds further keys");
    refused("data: /d\nmount:\n  path: /m\n", ":3: mount has one value");
    refused("- data\n", ":1: expected keys and values");
    refused("data: /d\nmount: /m\ndata: /e\n", ":3: data was set in line 1 already");
    refused("data: /d\nmount: [/m\n", "this is not YAML");
    refused("data: /d\n\tmount: /m\n", "this is not YAML");
  }

  @Test
  void parse_missingKey_isNamed() {
    refused("data: /d\n", "the key \"mount\" is missing");
    refused("", "the key \"data\" is missing");
  }

  @Test
  void read_unreadableFile_isRefused(@TempDir Path directory) throws Exception {
    var absent = directory.resolve("absent.yaml");
    var binary = Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0, 1});
    assertTrue(message(absent).endsWith("there is no such file"));
    assertTrue(message(binary).contains("not UTF-8"));
    assertTrue(message(directory).contains("cannot be read"));
  }

  private static String message(Path file) {
    return String.valueOf(
        assertThrows(DaemonException.Configuration.class, () -> ConfigFile.read(file))
            .getMessage());
  }

  private static void refused(String text, String expected) {
    var message =
        assertThrows(DaemonException.Configuration.class, () -> ConfigFile.parse(text, FILE))
            .getMessage();
    assertTrue(String.valueOf(message).contains(expected), message);
    assertTrue(String.valueOf(message).startsWith(FILE.toString()), message);
  }
}
