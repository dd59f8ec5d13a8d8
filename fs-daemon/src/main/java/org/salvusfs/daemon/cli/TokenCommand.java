package org.salvusfs.daemon.cli;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Messages.NewToken;
import org.salvusfs.daemon.control.Messages.TokenStatus;
import org.salvusfs.daemon.management.DaemonException;
import org.salvusfs.quota.policy.Spans;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "token", description = "Lets programs use the management API.")
final class TokenCommand extends Group {
  static CommandLine commandLine(Session session) {
    return new CommandLine(new TokenCommand())
        .addSubcommand(new Create(session))
        .addSubcommand(new All(session))
        .addSubcommand(new Revoke(session));
  }

  @Command(name = "create", description = "Makes a token and prints its secret, this once.")
  static final class Create implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(
        arity = "0..1",
        paramLabel = "NAME",
        description = "a free name (default: one is made up)")
    private @Nullable String name;

    @Option(
        names = "--scope",
        required = true,
        paramLabel = "SCOPE",
        description =
            "read; operate: also create, change and roll back; admin: also delete, and end the daemon")
    private String scope = "";

    @Option(
        names = "--project",
        paramLabel = "P",
        description = "id or name of the only project that it is good for")
    private @Nullable String project;

    @Option(
        names = "--expires",
        paramLabel = "SPAN",
        description = "how long it is good, such as 12h or 30d (default: until it is revoked)")
    private @Nullable String expires;

    @Spec private CommandSpec spec = CommandSpec.create();
    private final Session session;

    Create(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var made = common.client().createToken(new NewToken(name, scope, project, seconds()));
      session.say(made, common.json(), made.secret());
      return ExitCode.OK.status();
    }

    private @Nullable Long seconds() {
      try {
        return expires == null ? null : Spans.parse(expires).toSeconds();
      } catch (IllegalArgumentException e) {
        throw new ParameterException(spec.commandLine(), "--expires: " + e.getMessage(), e);
      }
    }
  }

  @Command(name = "list", description = "Lists the tokens, without their secrets.")
  static final class All implements Callable<Integer> {
    @Mixin private Common common = new Common();
    private final Session session;

    All(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      var tokens = common.client().tokens();
      session.say(tokens, common.json(), table(tokens));
      return ExitCode.OK.status();
    }

    private static String table(List<TokenStatus> tokens) {
      var table = new Table("TOKEN", "SCOPE", "PROJECT", "CREATED", "EXPIRES");
      for (var token : tokens) {
        table.row(
            token.name(),
            token.scope(),
            Objects.requireNonNullElse(token.project(), "all"),
            token.created(),
            Objects.requireNonNullElse(token.expires(), "never")
                + (token.expired() ? " (expired)" : ""));
      }
      return table.text();
    }
  }

  @Command(name = "revoke", description = "Makes a token good for nothing, at once.")
  static final class Revoke implements Callable<Integer> {
    @Mixin private Common common = new Common();

    @Parameters(paramLabel = "NAME", description = "name of the token")
    private String name = "";

    private final Session session;

    Revoke(Session session) {
      this.session = session;
    }

    @Override
    public Integer call() throws DaemonException {
      common.client().revokeToken(name);
      session.say(List.of(), common.json(), "revoked " + name);
      return ExitCode.OK.status();
    }
  }
}
