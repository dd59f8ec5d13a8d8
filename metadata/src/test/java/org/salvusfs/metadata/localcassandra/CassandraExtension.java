package org.salvusfs.metadata.localcassandra;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands a running {@link LocalCassandra} to tests that ask for one as a parameter: a single server
 * for all test classes of the JVM, started when it is first asked for, stopped and wiped when the
 * last test is done. Classes keep apart by using keyspaces of their own.
 */
public final class CassandraExtension implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(CassandraExtension.class);

  private record Shared(LocalCassandra server, Path dataDir) implements AutoCloseable {
    @Override
    public void close() throws IOException {
      server.close();
      deleteTree(dataDir);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == LocalCassandra.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return server(context);
  }

  /** The server that all test classes of the JVM share. */
  public static LocalCassandra server(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(Shared.class, key -> startShared(), Shared.class)
        .server();
  }

  private static Shared startShared() {
    try {
      var dataDir = Files.createTempDirectory("salvus-cassandra-");
      return new Shared(LocalCassandra.start(options(dataDir)), dataDir);
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Options for a server of a test's own. */
  public static LocalCassandra.Options options(Path dataDir) {
    var java17Home =
        Jdk17.find(System.getenv(), Path.of("/usr/lib/jvm"))
            .orElseThrow(() -> new IllegalStateException("no JDK 17: set JAVA17_HOME"));
    return LocalCassandra.Options.of(libDir(), java17Home, dataDir);
  }

  /** The server's jars, found by walking up to the root of the repository. */
  private static Path libDir() {
    for (var dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      if (Files.exists(dir.resolve("pom.xml")) && Files.isDirectory(dir.resolve("metadata"))) {
        return dir.resolve("metadata/cassandra-server/target/lib");
      }
    }
    throw new IllegalStateException("not inside the repository: " + Path.of("").toAbsolutePath());
  }

  /** Deletes a directory with all that is in it. */
  public static void deleteTree(Path dir) throws IOException {
    try (var paths = Files.walk(dir)) {
      for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    }
  }
}
