package org.salvusfs.daemon.api;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Messages.NewToken;
import org.salvusfs.daemon.control.Refusal;
import org.salvusfs.daemon.control.Scope;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.daemon.management.ManagedDaemon;

/** What is about tokens. */
record TokenOperations(ManagedDaemon daemon, Tokens tokens) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final long EXPIRES_SECONDS_MAX = Duration.ofDays(36_500).toSeconds();

  Answer list(Call call) throws ProblemException {
    call.allow();
    return Answer.ok(tokens.all());
  }

  Answer create(Call call) throws ProblemException, DaemonException {
    call.allow();
    var wanted = call.read(NewToken.class);
    var scope = scope(Call.required("scope", wanted.scope()));
    var name = Optional.ofNullable(wanted.name());
    if (name.isPresent() && !NAME.matcher(name.get()).matches()) {
      throw ProblemException.invalid(
          "name", "a token's name has 1 to 64 letters, digits, dots, dashes and underscores");
    }
    Long seconds = wanted.expiresSeconds();
    if (seconds != null && (seconds < 1 || seconds > EXPIRES_SECONDS_MAX)) {
      throw ProblemException.invalid(
          "expiresSeconds", "a token is good for 1 second to a hundred years");
    }
    return Answer.created(tokens.create(name, scope, project(wanted.project()), seconds));
  }

  private static Scope scope(String word) throws ProblemException {
    return Scope.of(word)
        .orElseThrow(
            () ->
                ProblemException.invalid(
                    "scope", "scope is read, operate or admin, not \"" + word + "\""));
  }

  private @Nullable String project(@Nullable String idOrName) throws DaemonException {
    return idOrName == null ? null : daemon.project(idOrName).id();
  }

  Answer revoke(Call call) throws ProblemException, DaemonException {
    call.allow();
    var name = call.word("token");
    if (!tokens.revoke(name)) {
      throw new ProblemException(Refusal.UNKNOWN_TOKEN, "there is no token " + name);
    }
    return Answer.done();
  }
}
