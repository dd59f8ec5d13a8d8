package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.metadata.api.ClusterRow;
import org.salvusfs.metadata.cassandra.CassandraMetadata;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

/**
 * What stands in the way of a command is one sentence on standard error and a documented exit code,
 * and nothing is changed: as processes, beside an installation that runs ({@code home}) and one of
 * another cluster whose daemon was killed ({@code away}), with its key under a passphrase.
 */
@Tag("mount")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BadInputIT {
  private static final int USAGE = 2;
  private static final int OBSTRUCTED = 3;
  private static final int NOT_RUNNING = 4;
  private static final int ALREADY_RUNNING = 5;
  private static final int UNKNOWN_PROJECT = 6;
  private static final int UNAVAILABLE = 8;

  private Path directory;
  private DevStack home;
  private Path away;
  private Path fresh;
  private Commands commands;
  private String contactPoint;

  @BeforeAll
  void start(@TempDir Path temporary) throws Exception {
    directory = temporary;
    home = new DevStack(directory.resolve("home"));
    away = directory.resolve("away");
    fresh = Files.createDirectory(directory.resolve("fresh"));
    commands = new Commands(home, directory);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    home.start();
    contactPoint =
        new ObjectMapper()
            .readTree(home.run("status", "--json").output())
            .at("/cassandra/contactPoints/0")
            .asText();
    makeAway();
  }

  /** The other cluster is another keyspace of the same server. */
  private void makeAway() throws Exception {
    Files.createDirectories(away);
    Files.writeString(away.resolve("passphrase"), "correct horse\n");
    Files.writeString(away.resolve("wrong"), "battery staple\n");
    var config = config("away", "away", "passphrase-file: passphrase\n");
    var daemon = commands.start("daemon", "--config", config.toString());
    DevStack.await(
        Duration.ofMinutes(1),
        () -> !daemon.isAlive() || Files.exists(away.resolve("data/daemon.json")),
        () -> "the other daemon does not start");
    assertTrue(daemon.isAlive(), "the other daemon ended");
    daemon.destroyForcibly().waitFor();
    endDeadMount(); // the next start would, and that is a change
  }

  private void endDeadMount() throws IOException, InterruptedException {
    var _ = new ProcessBuilder("umount", "-l", away.resolve("mount").toString()).start().waitFor();
  }

  @AfterAll
  void stop() throws Exception {
    try {
      home.close();
    } finally {
      endDeadMount();
    }
  }

  private Path config(String name, String keyspace, String more) throws IOException {
    return config(away.resolve(name + ".yaml"), keyspace, more);
  }

  private Path config(Path file, String keyspace, String more) throws IOException {
    return Files.writeString(
        file,
        """
        data: data
        mount: mount
        patience: 2s
        cassandra:
          contact-points: %s
          keyspace: %s
          copies: 1
        %s"""
            .formatted(contactPoint, keyspace, more));
  }

  private String[] dev(Path mount) {
    return new String[] {
      "dev", "--data", fresh.resolve("data").toString(), "--mount", mount.toString()
    };
  }

  @Test
  void dev_mountPointInUse_isRefused() throws Exception {
    commands.refused(OBSTRUCTED, "is in use", fresh, dev(home.mount()));
    assertTrue(Files.isDirectory(home.home()));
  }

  @Test
  void dev_mountPointInNoDirectory_isRefused() throws Exception {
    Path nowhere = fresh.resolve("nowhere");
    commands.refused(OBSTRUCTED, nowhere + " is not there", fresh, dev(nowhere.resolve("mount")));
  }

  @Test
  void dev_mountPointNotEmpty_isRefused() throws Exception {
    commands.refused(OBSTRUCTED, "is not empty", fresh, dev(Path.of("/etc")));
  }

  @Test
  void dev_withoutDevFuse_isRefused() throws Exception {
    var hidden =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            "mount -t tmpfs none /dev && mknod -m 666 /dev/null c 1 3"
                + " && mknod -m 666 /dev/urandom c 1 9 && mknod -m 666 /dev/random c 1 8"
                + " && exec \"$@\"",
            "sh");
    assumeTrue(commands.works(hidden), "this machine lets no test hide /dev/fuse");
    commands.behind(hidden).refused(OBSTRUCTED, "/dev/fuse is missing", fresh, dev(mount()));
  }

  @Test
  void dev_rootThatMayNotMount_isRefused() throws Exception {
    // As in a container without --cap-add SYS_ADMIN.
    var bounded = List.of("setpriv", "--bounding-set", "-sys_admin", "--inh-caps", "-sys_admin");
    assumeTrue(commands.works(bounded), "this machine lets no test drop capabilities");
    commands.behind(bounded).refused(OBSTRUCTED, "SYS_ADMIN", fresh, dev(mount()));
  }

  @Test
  void anotherUser_isRefused() throws Exception {
    var nobody = List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups");
    assumeTrue(commands.works(nobody), "this machine lets no test become another user");
    var theirs = commands.behind(nobody).withReadableClassPath();
    var withoutHelper =
        List.of(
            "unshare",
            "--mount",
            "sh",
            "-c",
            ("mknod -m 666 '%1$s/fuse' c 10 229 && mount --bind '%1$s/fuse' /dev/fuse"
                    + " && { [ ! -e /usr/bin/fusermount3 ] ||"
                    + " mount --bind /dev/null /usr/bin/fusermount3; }"
                    + " && exec setpriv --reuid 65534 --regid 65534 --clear-groups \"$@\"")
                .formatted(Files.createDirectory(directory.resolve("device"))),
            "sh");
    assumeTrue(commands.works(List.of("unshare", "--mount")), "no mount namespaces here");
    Path own = Files.createDirectories(directory.resolve("nobody"));
    Files.setAttribute(own, "unix:uid", 65534);
    theirs
        .behind(withoutHelper)
        .refused(
            OBSTRUCTED,
            "apt-get install fuse3",
            own,
            "dev",
            "--data",
            own.resolve("data").toString(),
            "--mount",
            own.resolve("mount").toString());
    String data = home.data().toString();
    theirs.refused(OBSTRUCTED, "run as", home.data(), "status", "--data", data);
    theirs.refused(
        OBSTRUCTED, "run as", home.data(), "dev", "--data", data, "--mount", own.toString());
  }

  @Test
  void daemon_wrongOrNoPassphrase_isRefused() throws Exception {
    var wrong = config("wrong", "away", "passphrase-file: wrong\n");
    commands.refused(OBSTRUCTED, "passphrase", away, "daemon", "--config", wrong.toString());
    var none = config("none", "away", "");
    commands.refused(OBSTRUCTED, "--passphrase-file", away, "daemon", "--config", none.toString());
  }

  @Test
  void daemon_keyThatOthersCanRead_isRefused() throws Exception {
    var key = away.resolve("data/cluster.key");
    var config = config("exposed", "away", "passphrase-file: passphrase\n");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    try {
      commands.refused(OBSTRUCTED, "chmod 600", away, "daemon", "--config", config.toString());
    } finally {
      Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void daemon_dataOrKeyOfAnotherCluster_isRefused() throws Exception {
    var config = config("other", "salvus", "passphrase-file: passphrase\n");
    commands.refused(
        OBSTRUCTED, "is not the key of cluster", away, "daemon", "--config", config.toString());
    var key = away.resolve("data/cluster.key");
    byte[] own = Files.readAllBytes(key);
    var plain = config("stolen", "salvus", "");
    try {
      Files.write(key, Files.readAllBytes(home.data().resolve("cluster.key")));
      commands.refused(
          OBSTRUCTED, "belongs to cluster", away, "daemon", "--config", plain.toString());
    } finally {
      Files.write(key, own);
    }
  }

  @Test
  void daemon_newHostWithoutTheKeyOfItsCluster_isRefused() throws Exception {
    Path newcomer = Files.createDirectories(directory.resolve("newcomer"));
    Files.createDirectory(newcomer.resolve("data"));
    var config = config(newcomer.resolve("daemon.yaml"), "away", "");
    commands.refused(
        OBSTRUCTED, "there is no key of it", newcomer, "daemon", "--config", config.toString());
  }

  @Test
  void daemon_tablesOfANewerVersion_areRefused() throws Exception {
    int colon = contactPoint.lastIndexOf(':');
    var address =
        new InetSocketAddress(
            contactPoint.substring(0, colon), Integer.parseInt(contactPoint.substring(colon + 1)));
    var options = CassandraMetadata.Options.single(address, LocalCassandra.DATA_CENTER, "tomorrow");
    try (var tomorrow =
        CassandraMetadata.open(options, System::nanoTime, Thread::sleep, UUID::randomUUID)) {
      tomorrow
          .cluster()
          .createIfAbsent(
              new ClusterRow(
                  UUID.randomUUID(), CassandraMetadata.SCHEMA_VERSION + 1, new byte[16]));
    }
    var config = config("tomorrow", "tomorrow", "passphrase-file: passphrase\n");
    commands.refused(
        OBSTRUCTED, "use a newer SalvusFS", away, "daemon", "--config", config.toString());
  }

  @Test
  void dev_dataDirectoryOfANewerVersion_isRefused() throws Exception {
    Path data = Files.createDirectories(directory.resolve("newer"));
    Files.writeString(data.resolve("format"), "salvusfs data directory\nversion: 99\n");
    commands.refused(
        OBSTRUCTED, "has format 99", data, "dev", "--data", data.toString(), "--mount", "/nowhere");
  }

  @Test
  void daemon_takenPort_isRefused() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      int port = taken.getLocalPort();
      var config =
          config("port", "away", "passphrase-file: passphrase\ncontrol: {port: " + port + "}\n");
      commands.refused(OBSTRUCTED, "port " + port, away, "daemon", "--config", config.toString());
    }
  }

  @Test
  void daemon_configTypo_isRefusedWithItsLine() throws Exception {
    var config = config("typo", "away", "durabilty: host\n");
    commands.refused(
        USAGE,
        config + ":8: unknown key \"durabilty\"",
        away,
        "daemon",
        "--config",
        config.toString());
  }

  @Test
  void daemon_cassandraAway_isUnavailable() throws Exception {
    var config = config("gone", "away", "passphrase-file: passphrase\n");
    Files.writeString(config, Files.readString(config).replace(contactPoint, "127.0.0.1:1"));
    commands.refused(UNAVAILABLE, "127.0.0.1", away, "daemon", "--config", config.toString());
  }

  @Test
  void commands_withoutADaemon_areRefused() throws Exception {
    String nothing = fresh.resolve("nothing").toString();
    String killed = away.resolve("data").toString();
    for (String data : List.of(nothing, killed)) {
      commands.refused(NOT_RUNNING, data, fresh, "status", "--data", data);
      commands.refused(NOT_RUNNING, data, away, "check", "demo", "--data", data);
    }
  }

  @Test
  void commands_forAnUnknownProject_areRefused() throws Exception {
    String data = home.data().toString();
    commands.refused(UNKNOWN_PROJECT, "thesis", fresh, "check", "thesis", "--data", data);
    commands.refused(UNKNOWN_PROJECT, "thesis", fresh, "project", "show", "thesis", "--data", data);
  }

  @Test
  void dev_whileAnotherDaemonServesTheData_isRefused() throws Exception {
    String data = home.data().toString();
    commands.refused(
        ALREADY_RUNNING, data, fresh, "dev", "--data", data, "--mount", mount().toString());
    assertEquals(0, home.run("status").exit());
  }

  private Path mount() {
    return fresh.resolve("mount");
  }
}
