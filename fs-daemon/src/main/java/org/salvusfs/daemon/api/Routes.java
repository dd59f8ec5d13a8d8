package org.salvusfs.daemon.api;

import static org.salvusfs.daemon.api.Route.Reach.DAEMON;
import static org.salvusfs.daemon.api.Route.Reach.OWN;
import static org.salvusfs.daemon.api.Route.Reach.PROJECT;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Messages;
import org.salvusfs.daemon.control.Scope;
import org.salvusfs.daemon.management.ManagedDaemon;

/** The table of operations. What each of them means is said in {@code openapi.yaml}. */
final class Routes {
  private static final String PROJECTS = "/v1/projects";
  private static final String ONE_PROJECT = PROJECTS + "/{project}";
  private static final String SNAPSHOTS = ONE_PROJECT + "/snapshots";
  private static final String ONE_SNAPSHOT = SNAPSHOTS + "/{snapshot}";
  private static final String JOBS = "/v1/jobs";
  private static final String ONE_JOB = JOBS + "/{job}";
  private static final String TOKENS = "/v1/tokens";

  private final List<Route> table = new ArrayList<>();

  private Routes() {}

  /**
   * All operations on a daemon.
   *
   * @param metrics the text of {@code /metrics}
   * @param events how events are followed
   */
  static List<Route> of(
      ManagedDaemon daemon,
      Supplier<String> metrics,
      Jobs jobs,
      Tokens tokens,
      EventOperations events) {
    var routes = new Routes();
    routes.open(metrics);
    routes.aboutTheDaemon(new DaemonOperations(daemon));
    routes.aboutProjects(new ProjectOperations(daemon), new JobOperations(daemon, jobs), events);
    routes.aboutSnapshots(new SnapshotOperations(daemon.snapshots()));
    routes.aboutExports(new ExportOperations(daemon.exports()));
    routes.aboutStreams(new StreamOperations(daemon.streams()));
    routes.aboutPacks(
        new RunOperations(daemon::collectGarbage, daemon::garbage),
        new RunOperations(daemon::startScrub, daemon::scrub));
    routes.aboutTrash(new TrashOperations(daemon.trash()));
    routes.aboutLinks(new LinkOperations(daemon.links()));
    routes.aboutTokens(new TokenOperations(daemon, tokens));
    return routes.table;
  }

  private void open(Supplier<String> metrics) {
    get("/metrics", null, OWN, call -> Documents.metrics(metrics.get()));
    get("/v1/openapi.yaml", null, OWN, call -> Documents.openApi());
    get("/v1/health", null, OWN, call -> Answer.ok(new Messages.Health("serving")));
  }

  private void aboutTheDaemon(DaemonOperations daemon) {
    get("/v1/status", Scope.READ, DAEMON, daemon::status);
    post("/v1/commit", Scope.OPERATE, DAEMON, daemon::commit);
    post("/v1/hand-over", Scope.ADMIN, DAEMON, daemon::handOver);
    post("/v1/stop", Scope.ADMIN, DAEMON, daemon::stop);
  }

  private void aboutProjects(
      ProjectOperations projects, JobOperations jobs, EventOperations events) {
    get(PROJECTS, Scope.READ, DAEMON, projects::list);
    post(PROJECTS, Scope.OPERATE, DAEMON, projects::create);
    get(ONE_PROJECT, Scope.READ, PROJECT, projects::show);
    post(ONE_PROJECT + "/limits", Scope.OPERATE, PROJECT, projects::setLimits);
    get(ONE_PROJECT + "/bill", Scope.READ, PROJECT, projects::bill);
    post(ONE_PROJECT + "/storage", Scope.OPERATE, PROJECT, projects::setStorage);
    get("/v1/events", Scope.READ, DAEMON, events::ofAll);
    get(ONE_PROJECT + "/events", Scope.READ, PROJECT, events::ofOne);
    post(ONE_PROJECT + "/checks", Scope.OPERATE, PROJECT, jobs::check);
    // Reads whatever the daemon may read: nothing for a token that is bound to a project.
    post(ONE_PROJECT + "/imports", Scope.ADMIN, DAEMON, jobs::importDirectory);
    // Reads another project: likewise.
    post(ONE_PROJECT + "/copies", Scope.OPERATE, DAEMON, jobs::copy);
    post("/v1/backups", Scope.ADMIN, DAEMON, jobs::backup);
    post("/v1/restores", Scope.ADMIN, DAEMON, jobs::restore);
    get(JOBS, Scope.READ, OWN, jobs::list);
    get(ONE_JOB, Scope.READ, OWN, jobs::show);
    delete(ONE_JOB, Scope.OPERATE, OWN, jobs::cancel);
  }

  private void aboutSnapshots(SnapshotOperations snapshots) {
    get(SNAPSHOTS, Scope.READ, PROJECT, snapshots::list);
    post(SNAPSHOTS, Scope.OPERATE, PROJECT, snapshots::create);
    get(ONE_SNAPSHOT, Scope.READ, PROJECT, snapshots::show);
    delete(ONE_SNAPSHOT, Scope.ADMIN, PROJECT, snapshots::delete);
    get(ONE_SNAPSHOT + "/differences", Scope.READ, PROJECT, snapshots::differences);
    post(ONE_SNAPSHOT + "/hold", Scope.OPERATE, PROJECT, snapshots::hold);
    post(ONE_SNAPSHOT + "/release", Scope.OPERATE, PROJECT, snapshots::release);
    post(ONE_SNAPSHOT + "/restore", Scope.OPERATE, PROJECT, snapshots::restore);
    post(ONE_SNAPSHOT + "/rollback", Scope.OPERATE, PROJECT, snapshots::rollback);
    post(ONE_PROJECT + "/policy", Scope.OPERATE, PROJECT, snapshots::setPolicy);
    post(ONE_PROJECT + "/clones", Scope.OPERATE, DAEMON, snapshots::cloneProject);
  }

  /** Shows everything that anybody keeps in a project: more than looking after it needs. */
  private void aboutExports(ExportOperations exports) {
    get(ONE_PROJECT + "/export", Scope.OPERATE, PROJECT, exports::ofPresent);
    get(ONE_SNAPSHOT + "/export", Scope.OPERATE, PROJECT, exports::ofSnapshot);
  }

  /** Whoever receives brings files of any owner and mode, and devices. */
  private void aboutStreams(StreamOperations streams) {
    get(ONE_SNAPSHOT + "/stream", Scope.OPERATE, PROJECT, streams::export);
    table.add(new Route("POST", "/v1/receives", Scope.ADMIN, DAEMON, true, streams::receive));
  }

  private void aboutPacks(RunOperations garbage, RunOperations scrub) {
    get("/v1/gc", Scope.READ, DAEMON, garbage::show);
    post("/v1/gc", Scope.OPERATE, DAEMON, garbage::begin);
    get("/v1/scrub", Scope.READ, DAEMON, scrub::show);
    post("/v1/scrub", Scope.OPERATE, DAEMON, scrub::begin);
  }

  /** What is in the trash is no project that a token can be bound to. */
  private void aboutTrash(TrashOperations trash) {
    get("/v1/trash", Scope.READ, DAEMON, trash::list);
    delete(ONE_PROJECT, Scope.ADMIN, PROJECT, trash::delete);
    post(ONE_PROJECT + "/undelete", Scope.OPERATE, DAEMON, trash::undelete);
    post(ONE_PROJECT + "/purge", Scope.ADMIN, DAEMON, trash::purge);
  }

  /** A link shows one project in another: nothing for a token that is bound to one of them. */
  private void aboutLinks(LinkOperations links) {
    get(ONE_PROJECT + "/links", Scope.READ, PROJECT, links::list);
    post(ONE_PROJECT + "/links", Scope.OPERATE, DAEMON, links::create);
    post(ONE_PROJECT + "/unlink", Scope.OPERATE, PROJECT, links::remove);
  }

  private void aboutTokens(TokenOperations tokens) {
    get(TOKENS, Scope.ADMIN, DAEMON, tokens::list);
    post(TOKENS, Scope.ADMIN, DAEMON, tokens::create);
    delete(TOKENS + "/{token}", Scope.ADMIN, DAEMON, tokens::revoke);
  }

  private void get(String path, @Nullable Scope scope, Route.Reach reach, Route.Handler handler) {
    table.add(new Route("GET", path, scope, reach, false, handler));
  }

  private void post(String path, Scope scope, Route.Reach reach, Route.Handler handler) {
    table.add(new Route("POST", path, scope, reach, false, handler));
  }

  private void delete(String path, Scope scope, Route.Reach reach, Route.Handler handler) {
    table.add(new Route("DELETE", path, scope, reach, false, handler));
  }
}
