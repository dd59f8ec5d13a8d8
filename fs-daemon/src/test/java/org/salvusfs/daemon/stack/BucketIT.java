package org.salvusfs.daemon.stack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.bucket.S3Server;
import org.salvusfs.daemon.management.BackupReport;

/** The drill with a bucket: the cluster is destroyed, and a real S3 server has all of it. */
@Tag("mount")
@Tag("promise")
@Tag("promise-16")
class BucketIT {
  @TempDir Path directory;
  private final S3Server server;
  private final String target;
  private DevStack stack;

  BucketIT() throws Exception {
    server = new S3Server("backups");
    target = server.text("backups/site-1");
  }

  @BeforeEach
  void start() throws Exception {
    stack = stack("first");
    stack.start();
  }

  private DevStack stack(String name) throws IOException {
    var made = new DevStack(directory.resolve(name), S3Server.javaOptions());
    made.configure("cassandra:\n  local: yes\ncontrol: {port: 0}\n");
    return made;
  }

  @AfterEach
  void stop() throws Exception {
    stack.close();
    server.close();
  }

  @Test
  void drill_theClusterIsDestroyed_andTheBucketAloneBringsEverythingBack() throws Exception {
    Trees.sh(stack.home(), BackupIT.WORK);
    salvus("snapshot", "create", "demo", "one");
    Trees.sh(stack.home(), "rm -r dir/sub; echo changed > dir/text");
    assertFalse(isSdkLoaded(), "nobody has named a bucket yet");
    var missing =
        stack.run(
            "backup",
            "s3://elsewhere/x" + target.substring(target.indexOf('?')),
            "--key",
            "include");
    assertEquals(3, missing.exit(), missing.output());
    assertTrue(missing.output().contains("no bucket \"elsewhere\""), missing.output());
    assertTrue(isSdkLoaded());
    assertTrue(salvus("backup", target, "--key", "include").contains("1 projects with 1"));
    Trees.sh(stack.home(), "echo more > dir/more");
    salvus("backup", target);
    var before = BackupIT.fingerprints(stack);

    stack.close();
    Trees.sh(directory, "rm -rf first");
    stack = stack("second");
    var placed = stack.run("restore", target);
    assertEquals(1, placed.exit(), placed.output());
    assertTrue(placed.output().contains("start the daemon"), placed.output());
    stack.start();
    salvus("restore", target);
    assertEquals(before, BackupIT.fingerprints(stack));
    var check = stack.run("check", "demo");
    assertEquals(0, check.exit(), check.output());
    String goesOn = salvus("backup", target, "--json");
    long copied = new ObjectMapper().readValue(goesOn, BackupReport.class).bytesCopied();
    assertTrue(copied < 100_000, goesOn);
    assertNoSecretIsWritten();
  }

  private void assertNoSecretIsWritten() throws IOException {
    String secret = S3Server.javaOptions()[1].split("=")[1];
    String log = Files.readString(stack.data().resolve("logs/daemon.log"));
    assertFalse(log.contains(secret), "the log holds the secret key");
  }

  private boolean isSdkLoaded() throws IOException, InterruptedException {
    String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    String classes = Trees.sh(directory, jcmd + " " + stack.daemonPid() + " VM.class_hierarchy");
    assertTrue(classes.contains("org.salvusfs.daemon.wiring"), "no classes are shown");
    return classes.contains("software.amazon.awssdk");
  }

  private String salvus(String... words) throws IOException, InterruptedException {
    var result = stack.run(words);
    assertEquals(0, result.exit(), () -> result.output() + stack.errors());
    return result.output();
  }
}
