package org.salvusfs.daemon.management;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.regex.Pattern;

/**
 * Which target of backups is meant: a directory of the daemon's machine, or a bucket that is spoken
 * to with the S3 protocol. {@link Object#toString} is what {@link #parse} reads, and holds no
 * secret.
 *
 * @see "docs/operations/commands.md"
 */
public sealed interface TargetName {
  /**
   * Reads a target as people write it: an absolute path, or {@code s3://BUCKET[/PREFIX]}, followed
   * by {@code ?endpoint=URL&region=R&path-style=yes|no&profile=NAME}, as far as it is wanted.
   *
   * @throws IllegalArgumentException if it is neither, with a sentence that never repeats what may
   *     be a password
   */
  static TargetName parse(String text) {
    if (text.startsWith(Bucket.SCHEME)) {
      return Bucket.parse(text);
    }
    if (!text.startsWith("/") || text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException(
          "\"%s\" is no absolute path, and no bucket such as s3://NAME/PREFIX"
              .formatted(withoutSecrets(text)));
    }
    return new Directory(Path.of(text).normalize());
  }

  /** The same as a command reads it: a path may be relative to the working directory. */
  static TargetName parseHere(String text) {
    return text.startsWith(Bucket.SCHEME) || text.contains("://")
        ? parse(text)
        : parse(Path.of(text).toAbsolutePath().normalize().toString());
  }

  private static String withoutSecrets(String text) {
    return text.replaceAll("//[^/]*@", "//");
  }

  /**
   * A directory.
   *
   * @param path absolute and normal
   */
  record Directory(Path path) implements TargetName {
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * A bucket, or what in it begins with a prefix.
   *
   * @param bucket its name
   * @param prefix without slashes at its ends; empty: the whole bucket is the target
   * @param endpoint of the server; empty: the one that the AWS SDK finds, usually Amazon's
   * @param region empty: the one that the AWS SDK finds, or any if there is an endpoint
   * @param isPathStyle whether the bucket's name goes into the path instead of the host's name
   * @param profile of the AWS credentials file; empty: what the SDK's default chain finds
   */
  record Bucket(
      String bucket,
      String prefix,
      Optional<URI> endpoint,
      Optional<String> region,
      boolean isPathStyle,
      Optional<String> profile)
      implements TargetName {
    private static final String SCHEME = "s3:";
    private static final String ENDPOINT = "endpoint";
    private static final String REGION = "region";
    private static final String PATH_STYLE = "path-style";
    private static final String PROFILE = "profile";
    private static final Set<String> KEYS = Set.of(ENDPOINT, REGION, PATH_STYLE, PROFILE);
    private static final Pattern FORM =
        Pattern.compile("s3://([A-Za-z0-9][A-Za-z0-9._-]{1,62})(?:/([^?]*))?(?:\\?(.*))?");
    private static final Pattern PREFIX =
        Pattern.compile("[A-Za-z0-9!_.*'()-]+(/[A-Za-z0-9!_.*'()-]+)*");
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private static Bucket parse(String text) {
      var form = FORM.matcher(text);
      if (!form.matches()) {
        throw new IllegalArgumentException(
            "\"%s\" is no bucket; write s3://NAME/PREFIX, with a name of 2 to 63 letters, digits, dots and hyphens"
                .formatted(withoutSecrets(text)));
      }
      var prefix = Optional.ofNullable(form.group(2)).orElse("").replaceFirst("/$", "");
      if (!prefix.isEmpty() && (!PREFIX.matcher(prefix).matches() || hasDots(prefix))) {
        throw new IllegalArgumentException(
            "\"%s\" is no prefix for objects; write names of letters, digits, dots and hyphens with single slashes between them"
                .formatted(prefix));
      }
      Map<String, String> values = values(Optional.ofNullable(form.group(3)).orElse(""));
      Optional<URI> endpoint = Optional.ofNullable(values.get(ENDPOINT)).map(Bucket::endpoint);
      boolean isPathStyle =
          Optional.ofNullable(values.get(PATH_STYLE))
              .map(Bucket::isYes)
              .orElse(endpoint.isPresent());
      return new Bucket(
          form.group(1),
          prefix,
          endpoint,
          Optional.ofNullable(values.get(REGION)).map(word -> word(REGION, word)),
          isPathStyle,
          Optional.ofNullable(values.get(PROFILE)).map(word -> word(PROFILE, word)));
    }

    private static boolean hasDots(String prefix) {
      return Arrays.stream(prefix.split("/")).anyMatch(Set.of(".", "..")::contains);
    }

    private static Map<String, String> values(String query) {
      var values = new HashMap<String, String>();
      for (String pair : query.isEmpty() ? new String[0] : query.split("&")) {
        int equals = pair.indexOf('=');
        String key = equals < 0 ? pair : pair.substring(0, equals);
        if (equals < 0 || !KEYS.contains(key)) {
          throw new IllegalArgumentException(
              "a bucket takes ?endpoint=URL&region=R&path-style=yes|no&profile=NAME and nothing else, no credentials either: those come from the daemon's environment or its AWS files");
        }
        if (values.put(key, pair.substring(equals + 1)) != null) {
          throw new IllegalArgumentException(key + "= of a bucket is there twice");
        }
      }
      return values;
    }

    private static URI endpoint(String text) {
      String expected = "endpoint= of a bucket is no URL such as https://s3.example.org:9000";
      URI uri;
      try {
        uri = URI.create(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(expected, e);
      }
      if (uri.getRawUserInfo() != null) {
        throw new IllegalArgumentException(
            "endpoint= of a bucket holds no user and password: credentials come from the daemon's environment or its AWS files");
      }
      boolean isWeb = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
      boolean isBare =
          !uri.isOpaque()
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && (uri.getRawPath().isEmpty() || uri.getRawPath().equals("/"));
      if (!isWeb || uri.getHost() == null || !isBare) {
        throw new IllegalArgumentException(expected);
      }
      return URI.create(uri.getScheme() + "://" + uri.getRawAuthority());
    }

    private static boolean isYes(String word) {
      return switch (word) {
        case "yes" -> true;
        case "no" -> false;
        default -> throw new IllegalArgumentException("path-style= of a bucket is yes or no");
      };
    }

    private static String word(String key, String word) {
      if (!WORD.matcher(word).matches()) {
        throw new IllegalArgumentException(
            key + "= of a bucket is one word of letters, digits, dots and hyphens");
      }
      return word;
    }

    /** The target without how it is reached: {@code s3://BUCKET/PREFIX}. */
    public String place() {
      return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
    }

    @Override
    public String toString() {
      var query = new StringJoiner("&", "?", "").setEmptyValue("");
      endpoint.ifPresent(url -> query.add(ENDPOINT + "=" + url));
      region.ifPresent(word -> query.add(REGION + "=" + word));
      if (isPathStyle != endpoint.isPresent()) {
        query.add(PATH_STYLE + "=" + (isPathStyle ? "yes" : "no"));
      }
      profile.ifPresent(word -> query.add(PROFILE + "=" + word));
      return place() + query;
    }
  }
}
