package org.salvusfs.daemon.control;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.datadir.Layout;
import org.salvusfs.daemon.management.CheckProgress;
import org.salvusfs.daemon.management.CheckReport;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.DaemonStatus;
import org.salvusfs.daemon.management.EventStatus;
import org.salvusfs.daemon.management.LimitsChange;
import org.salvusfs.daemon.management.LimitsSet;
import org.salvusfs.daemon.management.ManagedSnapshots;
import org.salvusfs.daemon.management.ManagedTrash;
import org.salvusfs.daemon.management.ProjectStatus;
import org.salvusfs.metadata.api.Durability;

/**
 * A command's end of the control channel. Uses {@link HttpURLConnection}, which loads in a fraction
 * of the time that {@code java.net.http} takes: commands should feel immediate.
 */
public final class ControlClient {
  private static final int CONNECT_MILLIS = 5_000;

  private final Layout layout;
  private final DaemonFile daemon;
  private final String token;

  private ControlClient(Layout layout, DaemonFile daemon, String token) {
    this.layout = layout;
    this.daemon = daemon;
    this.token = token;
  }

  /**
   * Finds the daemon of a data directory.
   *
   * @throws DaemonException.NotRunning if none has announced itself
   */
  public static ControlClient of(Layout layout) throws DaemonException {
    var daemon = DaemonFile.read(layout).orElseThrow(() -> notRunning(layout));
    try {
      return new ControlClient(layout, daemon, Files.readString(layout.controlToken()).strip());
    } catch (IOException e) {
      throw new DaemonException.Obstructed(
          layout.controlToken() + " cannot be read; run as the owner of the data directory", e);
    }
  }

  private static DaemonException.NotRunning notRunning(Layout layout) {
    return new DaemonException.NotRunning(
        "no daemon is running on "
            + layout.directory()
            + "; start one with ./salvus dev, or name its directory with --data");
  }

  public DaemonStatus status() throws DaemonException {
    return ask("GET", "/status", null, DaemonStatus.class);
  }

  public List<ProjectStatus> projects() throws DaemonException {
    return List.of(ask("GET", "/projects", null, ProjectStatus[].class));
  }

  public ProjectStatus project(String idOrName) throws DaemonException {
    return ask("GET", "/projects/" + encoded(idOrName), null, ProjectStatus.class);
  }

  /** See {@code ManagedDaemon}. */
  public ProjectStatus createProject(String name, Optional<Durability> durability)
      throws DaemonException {
    var wanted =
        new Messages.NewProject(
            name, durability.map(home -> home.name().toLowerCase(Locale.ROOT)).orElse(null));
    return ask("POST", "/projects", wanted, ProjectStatus.class);
  }

  /** See {@code ManagedDaemon}. */
  public LimitsSet setLimits(String idOrName, LimitsChange change) throws DaemonException {
    return ask("POST", "/projects/" + encoded(idOrName) + "/limits", change, LimitsSet.class);
  }

  /** See {@code ManagedDaemon}. */
  public List<EventStatus> events(Optional<String> idOrName, int days, int most)
      throws DaemonException {
    var path = idOrName.map(id -> "/projects/" + encoded(id)).orElse("") + "/events";
    return List.of(ask("GET", path + "?" + days + "," + most, null, EventStatus[].class));
  }

  /** Returns when everything done so far is committed. */
  public void commit() throws DaemonException {
    ask("POST", "/commit", null, Object[].class);
  }

  /** See {@code ManagedDaemon}. */
  public void requestHandOver() throws DaemonException {
    ask("POST", "/hand-over", null, Object[].class);
  }

  /** Asks the daemon to stop; returns its pid at once. */
  public long stop() throws DaemonException {
    return ask("POST", "/stop", null, Messages.Stopping.class).pid();
  }

  /** See {@code ManagedDaemon}; progress is heard on this thread. */
  public CheckReport check(String idOrName, boolean repair, CheckProgress progress)
      throws DaemonException {
    var path = "/projects/" + encoded(idOrName) + "/check" + (repair ? "?repair" : "");
    try (var lines = reader(open("POST", path, null))) {
      for (var text = lines.readLine(); text != null; text = lines.readLine()) {
        var line = Json.read(text, Messages.CheckLine.class);
        if (line.refused() != null) {
          throw line.refused().refusal().exception(line.refused().message());
        }
        if (line.report() != null) {
          return line.report();
        }
        progress.at(line.done(), line.total());
      }
      throw new DaemonException.Failed("the daemon ended before the check was done");
    } catch (IOException e) {
      throw broken(e);
    }
  }

  /** What can be asked about snapshots. */
  public ManagedSnapshots snapshots() {
    return new SnapshotClient(this);
  }

  /** What can be asked about projects that are deleted. */
  public ManagedTrash trash() {
    return new TrashClient(this);
  }

  <T> T ask(String method, String path, @Nullable Object body, Class<T> type)
      throws DaemonException {
    try (var answer = open(method, path, body)) {
      return Json.read(new String(answer.readAllBytes(), StandardCharsets.UTF_8), type);
    } catch (IOException e) {
      throw broken(e);
    }
  }

  private InputStream open(String method, String path, @Nullable Object body)
      throws DaemonException, IOException {
    var address = URI.create("http://127.0.0.1:" + daemon.port() + path).toURL();
    var connection = (HttpURLConnection) address.openConnection(Proxy.NO_PROXY);
    connection.setRequestMethod(method);
    connection.setConnectTimeout(CONNECT_MILLIS);
    connection.setRequestProperty("Authorization", "Bearer " + token);
    try {
      if (body != null) {
        connection.setDoOutput(true);
        try (var out = connection.getOutputStream()) {
          out.write(Json.line(body).getBytes(StandardCharsets.UTF_8));
        }
      }
      if (connection.getResponseCode() == 200) {
        return connection.getInputStream();
      }
    } catch (ConnectException e) {
      throw notRunning(layout);
    }
    throw refused(connection);
  }

  private DaemonException refused(HttpURLConnection connection) throws IOException {
    var status = connection.getResponseCode();
    try (var body = connection.getErrorStream()) {
      var text = body == null ? "" : new String(body.readAllBytes(), StandardCharsets.UTF_8);
      var refused = Json.read(text, Messages.Refused.class);
      return refused.refusal() == Refusal.UNAUTHORIZED
          ? notRunning(layout) // the port of a daemon that died now belongs to another one
          : refused.refusal().exception(refused.message());
    } catch (JsonProcessingException e) {
      return new DaemonException.Failed(
          "port %d is not answered by a SalvusFS daemon (HTTP %d); the file %s is stale"
              .formatted(daemon.port(), status, layout.daemonFile()),
          e);
    }
  }

  private DaemonException broken(IOException e) {
    return new DaemonException.Failed(
        "the daemon (pid " + daemon.pid() + ") broke off the conversation (" + e + ")", e);
  }

  private static BufferedReader reader(InputStream stream) {
    return new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8));
  }

  static String encoded(String word) {
    return URLEncoder.encode(word, StandardCharsets.UTF_8);
  }
}
