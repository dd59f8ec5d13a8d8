package org.salvusfs.benchmarks.workload;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.salvusfs.daemon.management.DaemonException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

final class WorkloadCommandTest {
  private final StringWriter out = new StringWriter();
  @TempDir private Path directory = Path.of("");
  private Path first = Path.of("");
  private Path second = Path.of("");

  @BeforeEach
  void makeDirectories() throws Exception {
    first = Files.createDirectory(directory.resolve("first"));
    second = Files.createDirectory(directory.resolve("second"));
  }

  private void run(String... words) throws Exception {
    var all = new ArrayList<>(List.of("--work", directory.resolve("work").toString()));
    all.addAll(Arrays.asList(words));
    var command = new WorkloadCommand();
    var line = new CommandLine(command).setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(new StringWriter()));
    line.parseArgs(all.toArray(String[]::new));
    command.call();
  }

  private String refusal(String... words) {
    return String.valueOf(
        assertThrows(DaemonException.Invalid.class, () -> run(words)).getMessage());
  }

  @Test
  void warmWorkloads_measureEverySubjectAndLeaveNothing() throws Exception {
    run(
        "--runs=1",
        "--scale=0.001",
        "--json",
        "--svg=" + directory.resolve("chart.svg"),
        "--only=dd-zero,dd-random,dd-read-warm,create,stat-warm,read-warm,remove,untar,rm-rf",
        "--only=git-clone,git-status-warm,write-fsync",
        "one=" + first,
        second.toString());
    var json = new ObjectMapper().readTree(out.toString());
    assertEquals("one", json.path("subjects").path(0).asText());
    assertEquals(second.toString(), json.path("subjects").path(1).asText());
    assertEquals(12, json.path("workloads").size());
    for (var workload : json.path("workloads")) {
      for (var figure : workload.path("figures")) {
        assertTrue(figure.path("median").asDouble() > 0, workload::toString);
      }
    }
    assertTrue(Files.readString(directory.resolve("chart.svg")).endsWith("</svg>\n"));
    assertEquals(0, first.toFile().list().length);
    assertEquals(0, second.toFile().list().length);
  }

  @Test
  void workload_whoseStateIsMissing_makesIt() throws Exception {
    run("--runs=2", "--scale=0.001", "--json", "--only=rm-rf", first.toString());
    var json = new ObjectMapper().readTree(out.toString());
    assertEquals(2, json.at("/workloads/0/figures/0/seconds").size());
  }

  @Test
  void unknownWorkload_isRefusedWithTheNamesThatThereAre() {
    String message = refusal("--only=creat", first.toString());
    assertTrue(message.startsWith("there is no workload 'creat'; there are dd-zero"), message);
  }

  @Test
  void prefix_standsForAllThatBeginSo() throws Exception {
    run("--list", "--only=git*,untar", first.toString());
    assertEquals(
        "untar git-clone git-status-cold git-status-warm",
        out.toString().strip().replace("\n", " "));
  }

  @Test
  void impossibleNumbers_areRefused() {
    for (String option :
        List.of("--runs=0", "--scale=0", "--scale=2", "--settle=-1", "--rehearsals=-1")) {
      assertTrue(refusal(option, first.toString()).contains("--runs"), option);
    }
  }

  @Test
  void missingDirectory_isRefused() {
    String message = refusal("x=" + directory.resolve("none"));
    assertTrue(message.endsWith("none is not a directory that can be written"), message);
  }

  @Test
  void noDirectory_isAUsageError() {
    assertThrows(ParameterException.class, () -> run());
  }
}
