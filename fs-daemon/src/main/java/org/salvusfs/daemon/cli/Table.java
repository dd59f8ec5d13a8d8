package org.salvusfs.daemon.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Text in columns. */
public final class Table {
  private static final String RIGHT = ">";

  private final boolean[] right;
  private final List<List<String>> rows = new ArrayList<>();

  /**
   * A table with a heading.
   *
   * @param columns their titles; {@code >} in front aligns a column to the right
   */
  public Table(String... columns) {
    right = new boolean[columns.length];
    var titles = new ArrayList<String>();
    for (int i = 0; i < columns.length; i++) {
      right[i] = columns[i].startsWith(RIGHT);
      titles.add(right[i] ? columns[i].substring(RIGHT.length()) : columns[i]);
    }
    rows.add(titles);
  }

  public void row(String... cells) {
    rows.add(Arrays.asList(cells));
  }

  /** The lines, without a newline at the end. */
  public String text() {
    var widths = new int[right.length];
    for (var row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  private String line(List<String> row, int[] widths) {
    var line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      var padding = " ".repeat(widths[i] - row.get(i).length());
      line.append(i == 0 ? "" : "  ");
      line.append(right[i] ? padding + row.get(i) : row.get(i) + padding);
    }
    return line.toString().stripTrailing();
  }
}
