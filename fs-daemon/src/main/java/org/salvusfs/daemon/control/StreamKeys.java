package org.salvusfs.daemon.control;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.salvusfs.blockstore.api.ClusterKey;

/**
 * How a request shows the key of a stream: in a header, as 64 hexadecimal digits. The key itself
 * travels, and not the name of its file, so that nobody can make the daemon read a file.
 */
public final class StreamKeys {
  /** The header. */
  public static final String HEADER = "Salvus-Stream-Key";

  private StreamKeys() {}

  static Map<String, String> headers(Optional<ClusterKey> key) {
    return key.map(shown -> Map.of(HEADER, HexFormat.of().formatHex(shown.toBytes())))
        .orElse(Map.of());
  }

  /**
   * The key that a header's value shows.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static ClusterKey parse(String value) {
    return ClusterKey.of(HexFormat.of().parseHex(value));
  }
}
