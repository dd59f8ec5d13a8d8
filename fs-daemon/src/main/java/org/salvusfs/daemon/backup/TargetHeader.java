package org.salvusfs.daemon.backup;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * The file that tells a target of backups from any other directory.
 *
 * @param keyCheck check value of the key that all its blocks are sealed under
 * @param hasKey whether the key file is on the target
 * @see "docs/formats/backup-v1.md"
 */
record TargetHeader(byte[] keyCheck, boolean hasKey) {
  private static final Pattern TEXT =
      Pattern.compile(
          "salvus backup 1\ncheck ([0-9a-f]{32})\nkey (included|omitted)\ncrc32c [0-9a-f]{8}\n");

  String text() {
    String body =
        "salvus backup 1\ncheck %s\nkey %s\n"
            .formatted(HexFormat.of().formatHex(keyCheck), hasKey ? "included" : "omitted");
    var crc = new CRC32C();
    crc.update(body.getBytes(US_ASCII));
    return body + "crc32c %08x\n".formatted((int) crc.getValue());
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IOException in words that go on behind the file's name
   */
  static TargetHeader parse(String text) throws IOException {
    Matcher matcher = TEXT.matcher(text);
    if (matcher.matches()) {
      byte[] keyCheck = HexFormat.of().parseHex(matcher.group(1));
      var header = new TargetHeader(keyCheck, matcher.group(2).equals("included"));
      if (header.text().equals(text)) {
        return header;
      }
    }
    throw new IOException("it is damaged, or of a newer version");
  }
}
