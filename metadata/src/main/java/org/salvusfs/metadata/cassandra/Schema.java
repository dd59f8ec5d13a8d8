package org.salvusfs.metadata.cassandra;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.datastax.oss.driver.api.core.ConsistencyLevel;
import com.datastax.oss.driver.api.core.CqlSession;
import com.datastax.oss.driver.api.core.cql.SimpleStatement;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes and checks the tables of {@code schema.cql}. */
final class Schema {
  /** The version of the tables that this program works with. */
  static final int VERSION = 4;

  /** Key of the only row in {@code cluster}. */
  static final String CLUSTER_ROW = "cluster";

  private static final Duration CHANGE_TIMEOUT = Duration.ofSeconds(30);

  /** With replicas, a deletion must outlive the longest absence of one that is to be repaired. */
  private static final int GC_GRACE_SECONDS = 86_400;

  private static final Pattern KEYSPACE = Pattern.compile("[a-z][a-z0-9_]{0,47}");
  private static final Pattern TABLE = Pattern.compile("CREATE TABLE IF NOT EXISTS [^.]+\\.(\\w+)");

  /** A table that an earlier version made, and the first of the columns that were added since. */
  private static final Pattern ADDED =
      Pattern.compile("ALTER TABLE [^.]+\\.(\\w+) ADD IF NOT EXISTS \\(\\s*(\\w+)");

  private final CqlSession session;
  private final String keyspace;
  private final List<String> statements;

  Schema(CqlSession session, String keyspace, Replication replication) throws IOException {
    this.session = session;
    this.keyspace = checkKeyspace(keyspace);
    this.statements = statements(keyspace, replication);
  }

  /** A keyspace's name as it stands in a statement: it may be a reserved word. */
  static String quoted(String keyspace) {
    return '"' + keyspace + '"';
  }

  /** Returns the name of a keyspace if it is a plain one. */
  static String checkKeyspace(String name) {
    if (!KEYSPACE.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "keyspace " + name + ": lower case letters, digits and _ only, a letter first");
    }
    return name;
  }

  /**
   * Makes what is missing, and raises the version of tables that were an older program's: from then
   * on that one refuses them.
   *
   * @throws IncompatibleSchemaException if a newer version has been here; nothing is changed then
   */
  void prepare(Retries retries) throws IOException {
    var present = retries.until("read its schema", () -> Optional.of(tables()));
    int version = 0;
    if (present.contains("cluster")) {
      version = retries.until("read its schema version", () -> Optional.of(version()));
      if (version > VERSION) {
        throw new IncompatibleSchemaException(
            "keyspace "
                + keyspace
                + " has schema version "
                + version
                + ", this program knows versions up to "
                + VERSION
                + ": use a newer SalvusFS");
      }
    }
    boolean complete =
        present.containsAll(tablesWanted())
            && retries
                .until("read its columns", () -> Optional.of(columns()))
                .containsAll(columnsWanted());
    if (!complete) {
      retries.until("create its tables", () -> Optional.of(create()));
    }
    if (version > 0 && version < VERSION) {
      raiseVersion(version, retries);
    }
  }

  /** Conditional, as everything on the cluster row is; whoever else raises it does the same. */
  private void raiseVersion(int from, Retries retries) throws IOException {
    var raise =
        SimpleStatement.newInstance(
            "UPDATE "
                + quoted(keyspace)
                + ".cluster SET schema_version = ? WHERE name = ? IF schema_version = ?",
            VERSION,
            CLUSTER_ROW,
            from);
    new Lwt(session, retries)
        .change(
            "raise its schema version",
            raise,
            true,
            () -> version() < VERSION ? Optional.empty() : Optional.of(true));
  }

  private List<String> tables() {
    var names = new ArrayList<String>();
    session
        .execute(
            SimpleStatement.newInstance(
                    "SELECT table_name FROM system_schema.tables WHERE keyspace_name = ?", keyspace)
                .setConsistencyLevel(ConsistencyLevel.ONE))
        .forEach(row -> names.add(Columns.text(row, "table_name")));
    return names;
  }

  /** As {@code table.column}. */
  private List<String> columns() {
    var names = new ArrayList<String>();
    session
        .execute(
            SimpleStatement.newInstance(
                    "SELECT table_name, column_name FROM system_schema.columns WHERE keyspace_name = ?",
                    keyspace)
                .setConsistencyLevel(ConsistencyLevel.ONE))
        .forEach(
            row -> names.add(Columns.text(row, "table_name") + "." + row.getString("column_name")));
    return names;
  }

  /** 0 if the cluster row has not been written yet. */
  private int version() {
    var row =
        session
            .execute(
                "SELECT schema_version FROM " + quoted(keyspace) + ".cluster WHERE name = ?",
                CLUSTER_ROW)
            .one();
    return row == null ? 0 : row.getInt("schema_version");
  }

  private boolean create() {
    for (var statement : statements) {
      session.execute(SimpleStatement.newInstance(statement).setTimeout(CHANGE_TIMEOUT));
    }
    return true;
  }

  private List<String> tablesWanted() {
    var names = new ArrayList<String>();
    for (var statement : statements) {
      var table = TABLE.matcher(statement);
      if (table.find()) {
        names.add(table.group(1));
      }
    }
    return names;
  }

  /** Of each group of columns that was added the first. */
  private List<String> columnsWanted() {
    var names = new ArrayList<String>();
    for (var statement : statements) {
      var added = ADDED.matcher(statement);
      if (added.find()) {
        names.add(added.group(1) + "." + added.group(2));
      }
    }
    return names;
  }

  private static List<String> statements(String keyspace, Replication replication)
      throws IOException {
    String text;
    try (var in = Schema.class.getResourceAsStream("schema.cql")) {
      text = new String(Objects.requireNonNull(in).readAllBytes(), UTF_8);
    }
    text =
        text.replaceAll("(?m)--.*$", "")
            .replace("@keyspace@", quoted(keyspace))
            .replace("@replication@", replication.toCql())
            .replace(
                "@gcGraceSeconds@",
                Integer.toString(replication.isSingleCopy() ? 0 : GC_GRACE_SECONDS));
    return Pattern.compile(";")
        .splitAsStream(text)
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }
}
