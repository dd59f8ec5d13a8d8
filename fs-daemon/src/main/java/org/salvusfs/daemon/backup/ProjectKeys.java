package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.salvusfs.blockstore.api.KeyWrap;
import org.salvusfs.metadata.api.ProjectId;

/**
 * The keys of projects that have one of their own, wrapped, as they lie on a target: in one file
 * that is replaced whole, because a key must be able to go, and packs are never changed.
 *
 * @see "docs/formats/backup-v1.md"
 */
record ProjectKeys(Map<ProjectId, byte[]> wrapped) {
  private static final String TITLE = "salvus project keys 1\n";
  private static final Pattern LINE =
      Pattern.compile("([0-9a-f-]{36}) ([0-9a-f]{" + 2 * KeyWrap.WRAPPED_BYTES + "})\n");
  private static final HexFormat HEX = HexFormat.of();

  ProjectKeys {
    wrapped = Map.copyOf(wrapped);
  }

  String text() {
    var lines = new TreeMap<String, String>();
    wrapped.forEach((project, key) -> lines.put(project.uuid().toString(), HEX.formatHex(key)));
    var body = new StringBuilder(TITLE);
    lines.forEach((project, key) -> body.append(project).append(' ').append(key).append('\n'));
    return body + sum(body.toString());
  }

  private static String sum(String body) {
    var crc = new CRC32C();
    crc.update(body.getBytes(US_ASCII));
    return "crc32c %08x\n".formatted((int) crc.getValue());
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IOException in words that go on behind the file's name
   */
  static ProjectKeys parse(String text) throws IOException {
    int end = text.lastIndexOf("crc32c ");
    if (end < 0
        || !text.startsWith(TITLE)
        || !text.substring(end).equals(sum(text.substring(0, end)))) {
      throw new IOException("it is damaged, or of a newer version");
    }
    var wrapped = new HashMap<ProjectId, byte[]>();
    Matcher line = LINE.matcher(text).region(TITLE.length(), end);
    while (line.lookingAt()) {
      wrapped.put(ProjectId.parse(line.group(1)), HEX.parseHex(line.group(2)));
      line.region(line.end(), end);
    }
    if (line.regionStart() != end) {
      throw new IOException("it is damaged, or of a newer version");
    }
    return new ProjectKeys(wrapped);
  }
}
