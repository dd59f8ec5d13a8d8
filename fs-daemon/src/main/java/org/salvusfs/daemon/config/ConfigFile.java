package org.salvusfs.daemon.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.DaemonException;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads a configuration file. Every refusal names the file and the line. */
public final class ConfigFile {
  private static final Map<String, Setting<?>> BY_PATH =
      Setting.ALL.stream().collect(Collectors.toMap(Setting::path, setting -> setting));

  private final Path file;
  private final Path directory;
  private final Map<String, Written> written = new HashMap<>();

  /** A value as it stands in the file. */
  private record Written(String text, int line) {}

  private ConfigFile(Path file) {
    this.file = file;
    this.directory = Optional.ofNullable(file.toAbsolutePath().getParent()).orElse(file);
  }

  /**
   * The configuration in {@code file}; relative paths in it are relative to its directory.
   *
   * @throws DaemonException.Configuration if it cannot be read, is not YAML, holds an unknown key,
   *     lacks a required one or has a value of the wrong kind
   */
  public static DaemonConfig read(Path file) throws DaemonException.Configuration {
    try {
      return parse(Files.readString(file), file);
    } catch (CharacterCodingException e) {
      throw new DaemonException.Configuration(file + ": this is not UTF-8 text");
    } catch (NoSuchFileException e) {
      throw new DaemonException.Configuration(file + ": there is no such file");
    } catch (IOException e) {
      throw new DaemonException.Configuration(file + ": cannot be read (" + e + ")");
    }
  }

  /** The same for a text that is, or will be, in {@code file}. */
  public static DaemonConfig parse(String text, Path file) throws DaemonException.Configuration {
    var config = new ConfigFile(file);
    config.load(text);
    return config.assemble();
  }

  private void load(String text) throws DaemonException.Configuration {
    Optional<Node> top;
    try {
      top =
          new Compose(LoadSettings.builder().setLabel(file.toString()).build()).composeString(text);
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().map(mark -> mark.getLine() + 1).orElse(1);
      throw at(line, "this is not YAML: " + e.getProblem());
    } catch (YamlEngineException e) {
      throw at(1, "this is not YAML: " + e.getMessage());
    }
    if (top.isPresent()) {
      if (!(top.get() instanceof MappingNode mapping)) {
        throw at(line(top.get()), "expected keys and values, such as \"mount: /projects\"");
      }
      flatten("", mapping);
    }
  }

  private void flatten(String prefix, MappingNode mapping) throws DaemonException.Configuration {
    for (var tuple : mapping.getValue()) {
      int line = line(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        throw at(line, "a key must be a word");
      }
      var path = prefix + key.getValue();
      if (BY_PATH.containsKey(path)) {
        var before = written.put(path, new Written(text(path, tuple.getValueNode()), line));
        if (before != null) {
          throw at(line, path + " was set in line " + before.line() + " already");
        }
      } else if (BY_PATH.keySet().stream().noneMatch(known -> known.startsWith(path + "."))) {
        throw at(
            line,
            "unknown key \"" + path + "\"; docs/operations/configuration.md lists those there are");
      } else if (tuple.getValueNode() instanceof MappingNode inner) {
        flatten(path + ".", inner);
      } else {
        throw at(line, path + " holds further keys, indented below it");
      }
    }
  }

  private String text(String path, Node value) throws DaemonException.Configuration {
    if (value instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    if (value instanceof SequenceNode sequence) {
      var texts = new StringBuilder();
      for (var element : sequence.getValue()) {
        texts.append(texts.isEmpty() ? "" : ",").append(text(path, element));
      }
      return texts.toString();
    }
    throw at(line(value), path + " has one value, not further keys");
  }

  private DaemonConfig assemble() throws DaemonException.Configuration {
    return new DaemonConfig(
        value(Setting.DATA),
        value(Setting.MOUNT),
        value(Setting.PASSPHRASE_FILE),
        new DaemonConfig.Cassandra(
            value(Setting.CASSANDRA_LOCAL),
            value(Setting.CASSANDRA_CONTACT_POINTS),
            value(Setting.CASSANDRA_DATACENTER),
            value(Setting.CASSANDRA_KEYSPACE),
            value(Setting.CASSANDRA_COPIES)),
        value(Setting.DURABILITY),
        value(Setting.PATIENCE),
        new DaemonConfig.Txg(
            value(Setting.TXG_INTERVAL),
            value(Setting.TXG_DIRTY_BYTES),
            value(Setting.TXG_DIRTY_BYTES_ALL),
            value(Setting.TXG_ITEMS)),
        new DaemonConfig.Cache(value(Setting.CACHE_CHUNKS), value(Setting.CACHE_NODES)),
        new DaemonConfig.Fuse(
            value(Setting.FUSE_THREADS),
            value(Setting.FUSE_WRITEBACK),
            value(Setting.FUSE_KEEP_AWAKE),
            value(Setting.FUSE_BINDING)),
        new DaemonConfig.Keeping(
            value(Setting.SNAPSHOTS_POLICY),
            value(Setting.SNAPSHOTS_MOST),
            value(Setting.SNAPSHOTS_FACTOR),
            value(Setting.TRASH_GRACE)),
        new DaemonConfig.Garbage(
            value(Setting.GC_PERIOD), value(Setting.GC_GRACE), value(Setting.GC_BYTES_PER_SECOND)),
        new DaemonConfig.Scrub(value(Setting.SCRUB_PERIOD), value(Setting.SCRUB_BYTES_PER_SECOND)),
        control());
  }

  private DaemonConfig.Control control() throws DaemonException.Configuration {
    var address = value(Setting.CONTROL_ADDRESS);
    var certificate = value(Setting.CONTROL_CERTIFICATE);
    var key = value(Setting.CONTROL_KEY);
    if (certificate.isPresent() != key.isPresent()) {
      var given = certificate.isPresent() ? Setting.CONTROL_CERTIFICATE : Setting.CONTROL_KEY;
      throw at(line(given), "control.certificate and control.key go together, and one is missing");
    }
    if (certificate.isEmpty() && !address.isLoopbackAddress()) {
      throw at(
          line(Setting.CONTROL_ADDRESS),
          "control.address %s can be reached from elsewhere; set control.certificate and control.key, or an address of this machine only, such as 127.0.0.1"
              .formatted(address.getHostAddress()));
    }
    var tls = certificate.map(file -> new DaemonConfig.Tls(file, key.orElseThrow()));
    return new DaemonConfig.Control(address, value(Setting.CONTROL_PORT), tls);
  }

  private int line(Setting<?> setting) {
    @Nullable Written found = written.get(setting.path());
    return found == null ? 1 : found.line();
  }

  private <T> T value(Setting<T> setting) throws DaemonException.Configuration {
    @Nullable Written found = written.get(setting.path());
    if (found == null) {
      if (setting.fallback() == null) {
        throw new DaemonException.Configuration(
            file + ": the key \"" + setting.path() + "\" is missing");
      }
      return setting.reader().read(setting.fallback(), directory);
    }
    try {
      return setting.reader().read(found.text(), directory);
    } catch (IllegalArgumentException e) {
      throw at(
          found.line(),
          setting.path() + " is \"" + found.text() + "\"; " + e.getMessage() + " instead");
    }
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  private DaemonException.Configuration at(int line, String problem) {
    return new DaemonException.Configuration(file + ":" + line + ": " + problem);
  }
}
