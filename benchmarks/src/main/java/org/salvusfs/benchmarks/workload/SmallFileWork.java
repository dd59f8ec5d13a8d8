package org.salvusfs.benchmarks.workload;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.salvusfs.benchmarks.machine.Program;
import org.salvusfs.benchmarks.machine.Shell;
import org.salvusfs.benchmarks.report.Measure;
import org.salvusfs.benchmarks.trees.Noise;

/**
 * Many files of 1 KiB in one directory. All but {@code list} visit them in an order that has
 * nothing to do with that of their creation.
 */
final class SmallFileWork {
  private static final String DIRECTORY = "small";
  private static final int FILE_BYTES = 1024;
  private static final Set<Program> NONE = Set.of();

  private SmallFileWork() {}

  static List<Workload> all(Scale scale) {
    var rate = new Measure.PerSecond(scale.smallFiles(), "files");
    Set<Program> stat = Set.of(Program.STAT);
    Set<Program> ls = Set.of(Program.LS);
    return List.of(
        Workload.warm("create", rate, NONE, p -> p.clear(DIRECTORY), SmallFileWork::create),
        Workload.cold("stat-cold", rate, stat, SmallFileWork::provide, SmallFileWork::statAll),
        Workload.again("stat-warm", rate, stat, SmallFileWork::provide, SmallFileWork::statAll),
        Workload.cold("list-cold", rate, ls, SmallFileWork::provide, SmallFileWork::list),
        Workload.cold("read-cold", rate, NONE, SmallFileWork::provide, SmallFileWork::readAll),
        Workload.again("read-warm", rate, NONE, SmallFileWork::provide, SmallFileWork::readAll),
        Workload.warm("remove", rate, NONE, SmallFileWork::provide, SmallFileWork::removeAll));
  }

  private static void create(Place place) throws IOException {
    Path directory = Files.createDirectory(place.resolve(DIRECTORY));
    var noise = new Noise(place.inputs().seed());
    for (int i = 0; i < place.scale().smallFiles(); i++) {
      Files.write(directory.resolve("file-" + i), noise.bytes(FILE_BYTES));
    }
  }

  private static void provide(Place place) throws IOException {
    if (!place.has(DIRECTORY)) {
      create(place);
    }
  }

  private static List<Path> shuffled(Place place) {
    Path directory = place.resolve(DIRECTORY);
    return shuffledNames(place).stream().map(directory::resolve).toList();
  }

  private static List<String> shuffledNames(Place place) {
    var names = new ArrayList<String>();
    for (int i = 0; i < place.scale().smallFiles(); i++) {
      names.add("file-" + i);
    }
    Collections.shuffle(names, new Random(place.inputs().seed()));
    return names;
  }

  /**
   * Not by Java, which asks for the time of birth too: that is not among what stat(2) gives, and in
   * FUSE a request of its own.
   */
  private static void statAll(Place place) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of("stat", "--format=%i"));
    words.addAll(shuffledNames(place));
    Shell.run(place.resolve(DIRECTORY), words.toArray(String[]::new));
  }

  private static void list(Place place) throws IOException, InterruptedException {
    Shell.run(place.resolve(DIRECTORY), "ls", "-l");
  }

  private static void readAll(Place place) throws IOException {
    for (Path file : shuffled(place)) {
      if (Files.readAllBytes(file).length != FILE_BYTES) {
        throw new IOException(file + " has not the length that was written");
      }
    }
  }

  private static void removeAll(Place place) throws IOException {
    for (Path file : shuffled(place)) {
      Files.delete(file);
    }
    Files.delete(place.resolve(DIRECTORY));
  }
}
