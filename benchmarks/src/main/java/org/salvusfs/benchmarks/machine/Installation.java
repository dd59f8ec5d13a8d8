package org.salvusfs.benchmarks.machine;

import static java.util.Objects.requireNonNull;

import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.Row;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.ControlClient;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.metadata.localcassandra.LocalCassandra;

/** A SalvusFS of a benchmark's own on this machine, asked over its API, as a hub would. */
public final class Installation {
  private final Path launcher;
  private final Path home;
  private @Nullable ControlClient client;

  /**
   * Not yet started.
   *
   * @param home where it will be; is not there
   */
  public Installation(Path home) {
    this.launcher =
        Path.of(System.getProperty("salvus.root", ".")).resolve("salvus").toAbsolutePath();
    this.home = home;
  }

  /** Starts it; the mount is there on return. */
  public void start() throws IOException, InterruptedException, DaemonException {
    Files.createDirectories(home);
    run("dev", "--detach", "--mount", mount().toString());
    client = ControlClient.of(Layout.of(data()));
  }

  /** Ends it, if it was started; its files stay. */
  public void stop() throws IOException, InterruptedException {
    if (client != null) {
      run("stop");
      client = null;
    }
  }

  public ControlClient client() {
    if (client == null) {
      throw new IllegalStateException(home + " is not open");
    }
    return client;
  }

  /** Where its packs lie. */
  public Path packs() {
    return Layout.of(data()).packs();
  }

  /** The tree nodes in its Cassandra, flushed or not: ids, and how many bytes each has. */
  public Map<ByteBuffer, Integer> nodes() throws IOException {
    Path ports = Layout.of(data()).cassandra().resolve("ports");
    int port = Integer.parseInt(Files.readAllLines(ports).getFirst());
    var nodes = new HashMap<ByteBuffer, Integer>();
    try (var session =
        CqlSession.builder()
            .addContactPoint(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .withLocalDatacenter(LocalCassandra.DATA_CENTER)
            .build()) {
      for (Row row : session.execute("SELECT id, sealed FROM salvus.tree_node")) {
        nodes.put(row.getByteBuffer("id"), requireNonNull(row.getByteBuffer("sealed")).remaining());
      }
    }
    return nodes;
  }

  /** Where a project is seen. */
  public Path project(String name) {
    return mount().resolve(name);
  }

  private Path data() {
    return home.resolve("data");
  }

  private Path mount() {
    return home.resolve("projects");
  }

  private void run(String command, String... options) throws IOException, InterruptedException {
    var words = new ArrayList<>(List.of(launcher.toString(), command));
    words.addAll(List.of("--data", data().toString()));
    words.addAll(List.of(options));
    Shell.run(Path.of("/"), words.toArray(String[]::new));
  }
}
