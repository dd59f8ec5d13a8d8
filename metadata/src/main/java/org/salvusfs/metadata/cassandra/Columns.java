package org.salvusfs.metadata.cassandra;

import com.datastax.oss.driver.api.core.cql.Row;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads columns that are always there. */
final class Columns {
  private Columns() {}

  /** A blob; empty if it is null. */
  static byte[] bytes(Row row, String column) {
    var buffer = row.getByteBuffer(column);
    if (buffer == null) {
      return new byte[0];
    }
    var bytes = new byte[buffer.remaining()];
    buffer.get(bytes);
    return bytes;
  }

  static UUID uuid(Row row, String column) {
    return present(row.getUuid(column), row, column);
  }

  static String text(Row row, String column) {
    return present(row.getString(column), row, column);
  }

  static <T> T present(@Nullable T value, Row row, String column) {
    if (value == null) {
      throw new IllegalStateException(
          "null in column " + column + " of " + row.getFormattedContents());
    }
    return value;
  }
}
