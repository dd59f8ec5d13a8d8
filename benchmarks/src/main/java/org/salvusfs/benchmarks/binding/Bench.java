package org.salvusfs.benchmarks.binding;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.salvusfs.benchmarks.machine.FileTree;

/** Candidates side by side, mounted in a temporary directory; closing ends all of them. */
final class Bench implements AutoCloseable {
  private final Path directory;
  private final List<Server> servers = new ArrayList<>();

  Bench() throws IOException {
    directory = Files.createTempDirectory("salvus-bench-binding");
  }

  /** For what candidates are made of; deleted in the end. */
  Path directory() {
    return directory;
  }

  /** Starts one and makes the files that requests are about. */
  void add(Candidate candidate) throws IOException, InterruptedException {
    Server server = Server.start(candidate, Files.createTempDirectory(directory, "mount"));
    servers.add(server);
    Requests.prepare(server.mountPoint());
  }

  List<Server> servers() {
    return servers;
  }

  /** Each is closed even if another cannot be; then the directory stays. */
  @Override
  public void close() throws IOException, InterruptedException {
    var failures = new ArrayList<IOException>();
    for (Server server : servers) {
      try {
        server.close();
      } catch (IOException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw failures.getFirst();
    }
    FileTree.remove(directory);
  }
}
