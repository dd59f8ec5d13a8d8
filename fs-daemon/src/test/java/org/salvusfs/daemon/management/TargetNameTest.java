package org.salvusfs.daemon.management;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is taken for a target, and what is refused. */
class TargetNameTest {
  @Test
  void paths_areMadeNormal_andCommandsTakeRelativeOnes() {
    assertEquals("/mnt/b", TargetName.parse("/mnt//x/../b").toString());
    assertEquals(
        new TargetName.Directory(Path.of("b").toAbsolutePath()), TargetName.parseHere("b"));
    assertInstanceOf(TargetName.Directory.class, TargetName.parseHere("./s3:odd"));
  }

  @Test
  void bucket_withoutMore_isAmazons() {
    var bucket = assertInstanceOf(TargetName.Bucket.class, TargetName.parse("s3://backups"));
    assertEquals("backups", bucket.bucket());
    assertEquals("", bucket.prefix());
    assertEquals(Optional.empty(), bucket.endpoint());
    assertFalse(bucket.isPathStyle());
    assertEquals("s3://backups", bucket.toString());
  }

  @Test
  void bucket_withEverything_isReadAsItIsWritten() {
    var text =
        "s3://my.backups/site-1/salvus?endpoint=http://127.0.0.1:9000&region=eu-1&path-style=no&profile=off_site";
    var bucket = assertInstanceOf(TargetName.Bucket.class, TargetName.parse(text));
    assertEquals("site-1/salvus", bucket.prefix());
    assertEquals(Optional.of(URI.create("http://127.0.0.1:9000")), bucket.endpoint());
    assertEquals(Optional.of("eu-1"), bucket.region());
    assertFalse(bucket.isPathStyle());
    assertEquals(Optional.of("off_site"), bucket.profile());
    assertEquals(text, bucket.toString());
  }

  @Test
  void bucket_atAnEndpoint_isNamedInThePath_unlessSaidOtherwise() {
    var bucket =
        assertInstanceOf(
            TargetName.Bucket.class, TargetName.parse("s3://b1/p/?endpoint=https://s3.example/"));
    assertTrue(bucket.isPathStyle());
    assertEquals("s3://b1/p?endpoint=https://s3.example", bucket.toString());
    assertEquals(bucket, TargetName.parse(bucket.toString()));
  }

  @Test
  void whatIsNoTarget_isRefused_andSaysWhatIs() {
    Map.of(
            "backups", "absolute path",
            "https://backups.example/b", "s3://NAME/PREFIX",
            "s3:bucket", "s3://NAME/PREFIX",
            "s3://b", "2 to 63",
            "s3://backups//double", "single slashes",
            "s3://backups/a/../b", "single slashes",
            "s3://backups?region=", "region=",
            "s3://backups?path-style=perhaps", "yes or no",
            "s3://backups?region=a&region=b", "twice",
            "s3://backups?endpoint=ftp://x", "https://")
        .forEach(TargetNameTest::assertRefused);
  }

  @Test
  void secrets_areRefused_andNotRepeated() {
    Map.of(
            "s3://KEY:hunter2@backups/p", "no bucket",
            "s3://backups?secret=hunter2", "no credentials",
            "s3://backups?endpoint=https://me:hunter2@s3.example", "no user and password",
            "https://me:hunter2@s3.example/b", "s3://NAME/PREFIX",
            "s3://backups?endpoint=http:hunter2", "https://")
        .forEach(TargetNameTest::assertRefused);
  }

  private static void assertRefused(String text, String why) {
    var refused = assertThrows(IllegalArgumentException.class, () -> TargetName.parse(text));
    var message = String.valueOf(refused.getMessage());
    assertTrue(message.contains(why), text + ": " + message);
    assertFalse(message.contains("hunter2"), message);
  }
}
