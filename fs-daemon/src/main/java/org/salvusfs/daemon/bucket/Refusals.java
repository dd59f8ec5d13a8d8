package org.salvusfs.daemon.bucket;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.management.TargetName;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkException;

/** Says in a clause for the operator why a request to a bucket failed. */
record Refusals(TargetName.Bucket name) {
  private static final int MOVED = 301;
  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;

  /**
   * The exception to throw.
   *
   * @param where the object or group that was asked for
   */
  IOException explain(String where, SdkException e) {
    return new IOException(
        e instanceof AwsServiceException said ? said(where, said) : unsaid(where, e), e);
  }

  private String said(String where, AwsServiceException e) {
    String code = code(e);
    if (code.equals("NoSuchBucket")) {
      return "there is no bucket \"%s\" at %s; make it, or name another"
          .formatted(name.bucket(), server());
    }
    if (e.statusCode() == FORBIDDEN || e.statusCode() == UNAUTHORIZED) {
      return "%s refused access to %s (%s); check the daemon's access key, its clock, and that it may list, get, put and delete objects there"
          .formatted(server(), where, code);
    }
    if (e.statusCode() == MOVED || code.equals("AuthorizationHeaderMalformed")) {
      return "%s says that the bucket \"%s\" is of another region (%s); add ?region=NAME to the target"
          .formatted(server(), name.bucket(), code);
    }
    return "%s answered %d for %s (%s)".formatted(server(), e.statusCode(), where, code);
  }

  private static String code(AwsServiceException e) {
    var details = e.awsErrorDetails();
    String code = details == null ? null : details.errorCode();
    return code == null || code.isEmpty() ? "status " + e.statusCode() : code;
  }

  private String unsaid(String where, SdkException e) {
    String message = String.valueOf(e.getMessage());
    IOException cause = lowest(e);
    if (message.contains("credentials")) {
      return name.profile()
          .map(
              profile ->
                  "the daemon's AWS files have no access key in profile \"%s\"".formatted(profile))
          .orElse(
              "the daemon has no access key; start it with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in its environment, or put a key into ~/.aws/credentials");
    }
    return cause == null
        ? "the request for %s failed: %s".formatted(where, message)
        : "%s does not answer: %s".formatted(server(), cause);
  }

  /** What the network said; null: it was not the network. */
  private static @Nullable IOException lowest(Throwable e) {
    IOException found = null;
    for (Throwable at = e; at != null; at = at.getCause()) {
      if (at instanceof IOException io) {
        found = io;
      }
    }
    return found;
  }

  private String server() {
    return name.endpoint().map(Object::toString).orElse("Amazon S3");
  }
}
