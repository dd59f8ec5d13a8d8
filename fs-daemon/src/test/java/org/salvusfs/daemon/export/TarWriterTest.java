package org.salvusfs.daemon.export;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.metadata.item.InodeItem;

/** Archives as GNU tar reads them, where a mount would take too long or cannot say it. */
final class TarWriterTest {
  private static final long GIB = 1L << 30;

  @TempDir private Path directory = Path.of("");

  private static TarEntry entry(String path, long size, long mtimeNanos) {
    var item =
        new InodeItem(0100640, 1, 2, 1, size, size, mtimeNanos, mtimeNanos, mtimeNanos, 0, 0, 0);
    return new TarEntry(path.getBytes(US_ASCII), 7, item, new byte[0], List.of());
  }

  /** Keeps the beginning, and counts the rest. */
  private static final class Beginning extends OutputStream {
    final ByteArrayOutputStream kept = new ByteArrayOutputStream();

    @Override
    public void write(int one) {
      kept.write(one);
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
      if (kept.size() < 1 << 20) {
        kept.write(bytes, from, count);
      }
    }
  }

  private String listed(byte[] archive) throws IOException, InterruptedException {
    Path file = directory.resolve("archive.tar");
    Files.write(file, archive);
    var tar =
        new ProcessBuilder("tar", "--full-time", "--utc", "-tvf", file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    var text = new String(tar.getInputStream().readAllBytes(), US_ASCII);
    tar.waitFor();
    return text;
  }

  /** The time of modification that a file has when it is unpacked, in seconds. */
  private String unpacked(ByteArrayOutputStream archive, String name)
      throws IOException, InterruptedException {
    Path file = directory.resolve("archive.tar");
    Files.write(file, archive.toByteArray());
    var tar =
        new ProcessBuilder("sh", "-c", "tar -xf archive.tar 2>/dev/null && stat -c %.9Y " + name)
            .directory(directory.toFile())
            .start();
    var text = new String(tar.getInputStream().readAllBytes(), US_ASCII);
    assertEquals(0, tar.waitFor());
    return text.strip();
  }

  @Test
  void file_ofMoreThanEightGib_hasItsSizeInARecord() throws Exception {
    var out = new Beginning();
    var tar = new TarWriter(out);
    tar.file(entry("./large", 9 * GIB, 0), (offset, into, count) -> {});
    assertTrue(tar.written() > 9 * GIB && tar.written() % TarHeader.BYTES == 0);
    var listed = listed(out.kept.toByteArray());
    assertTrue(listed.startsWith("-rw-r----- 1/2") && listed.contains(" 9663676416 "), listed);
  }

  @Test
  void sparseFile_ofMoreThanEightGibOfData_hasBothSizes() throws Exception {
    var out = new Beginning();
    Stretches stretches = each -> each.stretch(GIB, 9 * GIB);
    new TarWriter(out)
        .sparse(entry("./sparse", 20 * GIB, 0), stretches, (offset, into, count) -> {});
    assertTrue(listed(out.kept.toByteArray()).contains(" 21474836480 "));
    assertTrue(out.kept.toString(ISO_8859_1).contains(" size=" + (9 * GIB + 512) + "\n"));
  }

  @Test
  void times_areWrittenToTheNanosecond_beforeTheEpochToo() throws Exception {
    var out = new ByteArrayOutputStream();
    var tar = new TarWriter(out);
    tar.empty(entry("./late", 0, 1_000_000_005L));
    tar.empty(entry("./early", 0, -1_500_000_001L));
    tar.empty(entry("./last", 0, -1));
    tar.empty(entry("./round", 0, -2_000_000_000L));
    tar.end();
    var text = out.toString(ISO_8859_1);
    assertTrue(text.contains("21 mtime=1.000000005\n"), text);
    assertTrue(text.contains("22 mtime=-1.500000001\n"), text);
    assertTrue(text.contains("12 mtime=-2\n"), text);
    // What GNU tar shows of times before the epoch in a list is not what it sets.
    assertEquals("1.000000005", unpacked(out, "late"));
    assertEquals("-1.500000001", unpacked(out, "early"));
    assertEquals("-0.000000001", unpacked(out, "last"));
    assertEquals("-2.000000000", unpacked(out, "round"));
  }

  @Test
  void records_ofEveryLength_countThemselves() {
    for (int length = 0; length < 1100; length++) {
      var records = new PaxRecords();
      var value = new byte[length];
      Arrays.fill(value, (byte) 'v');
      records.add("k", value);
      var line = new String(records.bytes(), US_ASCII);
      assertEquals(line.length(), Integer.parseInt(line.substring(0, line.indexOf(' '))));
      assertTrue(line.endsWith("\n"), line);
    }
  }
}
