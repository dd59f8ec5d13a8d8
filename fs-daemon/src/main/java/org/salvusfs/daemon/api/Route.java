package org.salvusfs.daemon.api;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Scope;
import org.salvusfs.daemon.management.DaemonException;

/**
 * One operation of the API.
 *
 * @param path words in braces stand for one word each
 * @param scope what a token must be good for; null: no token is needed
 * @param reach what a token that is bound to a project may do here
 * @param takesFile whether the body is a file, which the handler reads as it comes
 */
record Route(
    String method,
    String path,
    @Nullable Scope scope,
    Reach reach,
    boolean takesFile,
    Handler handler) {
  /** The parameter that names a project, by id or name. */
  static final String PROJECT = "project";

  /** What an operation is about. */
  enum Reach {
    /** More than one project: a token that is bound to one is not good for it. */
    DAEMON,
    /** The project that the path names. */
    PROJECT,
    /** Something whose project the handler finds out, and compares. */
    OWN
  }

  /** Carries an operation out. */
  @FunctionalInterface
  interface Handler {
    /** Blocks as long as it takes. */
    Reply answer(Call call) throws ProblemException, DaemonException, InterruptedException;
  }

  /**
   * The raw words that stand for those in braces, if this is the path.
   *
   * @param words of a request's path, still encoded
   */
  Optional<Map<String, String>> match(List<String> words) {
    var template = words(path);
    if (template.size() != words.size()) {
      return Optional.empty();
    }
    var found = new LinkedHashMap<String, String>();
    for (int i = 0; i < template.size(); i++) {
      var expected = template.get(i);
      if (expected.startsWith("{")) {
        found.put(expected.substring(1, expected.length() - 1), words.get(i));
      } else if (!expected.equals(words.get(i))) {
        return Optional.empty();
      }
    }
    return Optional.of(found);
  }

  /** The words between slashes. */
  static List<String> words(String path) {
    return List.of(path.substring(Math.min(1, path.length())).split("/", -1));
  }
}
