package org.salvusfs.metadata.localcassandra;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** The configuration files of a server: the templates of this package with their blanks filled. */
final class ServerFiles {
  static final String JVM_OPTIONS = "jvm.options";

  private final Path configDir;
  private final Map<String, String> contents = new LinkedHashMap<>();

  /**
   * @param dataDir absolute
   */
  ServerFiles(LocalCassandra.Options options, Path dataDir, Ports ports) throws IOException {
    configDir = dataDir.resolve("conf");
    var blanks = new HashMap<String, String>();
    blanks.put("cqlPort", Integer.toString(ports.cql()));
    blanks.put("storagePort", Integer.toString(ports.storage()));
    blanks.put("dc", LocalCassandra.DATA_CENTER);
    blanks.put("heapMiB", Long.toString(options.heapBytes() >> 20));
    blanks.put("libDir", quoted(options.libDir().toAbsolutePath()));
    blanks.put("configDir", configDir.toUri().toString().replaceAll("/$", ""));
    blanks.put("logbackFile", quoted(configDir.resolve("logback.xml")));
    blanks.put("storageDir", quoted(dataDir.resolve("store")));
    blanks.put("logDir", xml(dataDir.resolve("logs").toString()));
    for (var name :
        new String[] {"cassandra.yaml", "logback.xml", "rackdc.properties", JVM_OPTIONS}) {
      contents.put(name, fill(template(name), blanks));
    }
  }

  /** The argument file for {@code java}. */
  Path jvmOptions() {
    return configDir.resolve(JVM_OPTIONS);
  }

  /** Whether the files on disk are the same. */
  boolean areWritten() throws IOException {
    for (var file : contents.entrySet()) {
      var path = configDir.resolve(file.getKey());
      if (!Files.exists(path) || !Files.readString(path).equals(file.getValue())) {
        return false;
      }
    }
    return true;
  }

  /** Writes them; a torn write is mended by the next start. */
  void write() throws IOException {
    Files.createDirectories(configDir);
    for (var file : contents.entrySet()) {
      Files.writeString(configDir.resolve(file.getKey()), file.getValue());
    }
  }

  private static String template(String name) throws IOException {
    try (var in = ServerFiles.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), UTF_8);
    }
  }

  private static String fill(String template, Map<String, String> blanks) {
    for (var blank : blanks.entrySet()) {
      template = template.replace("@" + blank.getKey() + "@", blank.getValue());
    }
    return template;
  }

  /** For use between double quotes in an argument file. */
  private static String quoted(Path path) {
    return path.toString().replace("\\", "\\\\").replace("\"", "\\\"");
  }

  private static String xml(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
