package org.salvusfs.benchmarks.report;

import java.util.List;

/**
 * One workload on every subject.
 *
 * @param name by which it is selected
 * @param samples one for each subject, in the order of the report's labels
 */
public record Row(String name, Measure measure, List<Samples> samples) {
  public Row {
    samples = List.copyOf(samples);
  }

  /** The figure of a subject as text. */
  public String text(int subject) {
    return measure.text(samples.get(subject).median());
  }

  /** How many times as long (as large) as the first subject this one took; NaN if one failed. */
  public double ratio(int subject) {
    return samples.get(subject).median() / samples.getFirst().median();
  }

  /** The subject that took least, -1 if all failed. */
  public int fastest() {
    int best = -1;
    for (int i = 0; i < samples.size(); i++) {
      double median = samples.get(i).median();
      if (!Double.isNaN(median) && (best < 0 || median < samples.get(best).median())) {
        best = i;
      }
    }
    return best;
  }
}
