package org.salvusfs.benchmarks.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.benchmarks.report.Measure;
import org.salvusfs.benchmarks.report.Row;

final class RunnerTest {
  @TempDir private Path directory = Path.of("");

  private List<List<Place>> places(int runs, String... names) throws IOException {
    var all = new ArrayList<List<Place>>();
    for (int run = 0; run < runs; run++) {
      var inputs = new Inputs(directory, run, new Scale(0.001));
      var places = new ArrayList<Place>();
      for (String name : names) {
        Path path = Files.createDirectories(directory.resolve(name));
        places.add(new Place(path, inputs));
      }
      all.add(places);
    }
    return all;
  }

  private static Workload workload(String name, Workload.Step preparation, Workload.Work work) {
    return new Workload(
        name, new Measure.Duration(), Set.of(), Workload.Kind.WARM, preparation, work);
  }

  private static Runner runner(Workload workload, String... labels) {
    return new Runner(List.of(workload), List.of(labels), Duration.ZERO, line -> {});
  }

  @Test
  void run_everyRunBeginsWithAnotherPlace() throws Exception {
    var order = new ArrayList<String>();
    Workload noting =
        workload(
            "noting",
            place -> {},
            place -> {
              order.add(place.directory().getFileName() + "" + place.inputs().seed());
              return 1;
            });
    runner(noting, "a", "b", "c").run(places(2, "a", "b", "c"), 0);
    assertEquals(List.of("a0", "b0", "c0", "b1", "c1", "a1"), order);
  }

  @Test
  void run_firstPlacesOfRunsAndWorkloadsAreSpread() throws Exception {
    var order = new ArrayList<String>();
    Workload.Work note =
        place -> {
          order.add(place.directory().getFileName() + "" + place.inputs().seed());
          return 1;
        };
    var two = List.of(workload("one", place -> {}, note), workload("two", place -> {}, note));
    String[] names = {"a", "b", "c", "d"};
    new Runner(two, List.of(names), Duration.ZERO, line -> {}).run(places(3, names), 1);
    var firsts = new ArrayList<String>();
    for (int i = 0; i < order.size(); i += names.length) {
      firsts.add(order.get(i));
    }
    assertEquals(List.of("a0", "b0", "c1", "d1", "a2", "b2"), firsts);
  }

  @Test
  void again_isTheSameWorkAfterAnUntimedOne() throws Exception {
    var order = new ArrayList<String>();
    Workload warm =
        Workload.again(
            "warm",
            new Measure.Duration(),
            Set.of(),
            place -> order.add("prepared"),
            place -> order.add("worked"));
    List<Row> rows = runner(warm, "a").run(places(1, "a"), 0);
    assertEquals(List.of("prepared", "worked", "worked"), order);
    assertEquals(1, rows.getFirst().samples().getFirst().seconds().size());
  }

  @Test
  void run_samplesBelongToTheirSubjectWhateverTheOrder() throws Exception {
    Workload lengths =
        workload(
            "lengths",
            place -> {},
            place -> place.directory().getFileName().toString().length() + place.inputs().seed());
    List<Row> rows = runner(lengths, "a", "bb").run(places(3, "a", "bb"), 0);
    assertEquals(List.of(1.0, 2.0, 3.0), rows.getFirst().samples().get(0).seconds());
    assertEquals(List.of(2.0, 3.0, 4.0), rows.getFirst().samples().get(1).seconds());
  }

  @Test
  void run_rehearsals_areDoneAndDoNotCount() throws Exception {
    Workload seeds = workload("seeds", place -> {}, place -> place.inputs().seed() + 1);
    List<Row> rows = runner(seeds, "a").run(places(3, "a"), 1);
    assertEquals(List.of(2.0, 3.0), rows.getFirst().samples().get(0).seconds());
  }

  @Test
  void run_syncedWork_takesUntilNothingIsDirty() throws Exception {
    var written =
        new Workload(
            "written",
            new Measure.Duration(),
            Set.of(),
            Workload.Kind.SYNCED,
            place -> {},
            place -> 1);
    double seconds =
        runner(written, "a").run(places(1, "a"), 0).getFirst().samples().get(0).median();
    assertTrue(seconds > 1, seconds + " s");
  }

  @Test
  void run_failureOnOnePlace_isNotedAndTheOthersGoOn() throws Exception {
    Workload failing =
        workload(
            "failing",
            place -> {
              if (place.directory().endsWith("a")) {
                throw new IOException("full");
              }
            },
            place -> {
              if (place.directory().endsWith("b")) {
                throw new IOException("broken");
              }
              return 1;
            });
    List<Row> rows = runner(failing, "a", "b", "c").run(places(1, "a", "b", "c"), 0);
    assertEquals(List.of("full"), rows.getFirst().samples().get(0).failures());
    assertEquals(List.of("broken"), rows.getFirst().samples().get(1).failures());
    assertEquals(List.of(1.0), rows.getFirst().samples().get(2).seconds());
  }
}
