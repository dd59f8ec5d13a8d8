package org.salvusfs.quota.admission;

import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.salvusfs.metadata.api.Limits;

/** Something that the owner of a project should know about its limits. */
public sealed interface Notice {
  /**
   * Use has reached a level.
   *
   * @param percent of the limit
   * @param limit what users may fill
   */
  record Warning(Resource resource, int percent, long used, long limit) implements Notice {}

  /** Growth was refused; told once, not for every attempt. */
  record Hit(Resource resource, long asked, long used, long limit) implements Notice {}

  /**
   * Use has crossed the soft limit.
   *
   * @param since when it went above; null: it is below again
   * @param until when the grace ends; null if it is below
   */
  record Soft(long softBytes, long used, @Nullable Instant since, @Nullable Instant until)
      implements Notice {}

  /** A word for programs. */
  default String kind() {
    return switch (this) {
      case Warning _ -> "quota-warning";
      case Hit _ -> "quota-hit";
      case Soft _ -> "quota-soft";
    };
  }

  /** A sentence for people. */
  default String text() {
    return switch (this) {
      case Warning(Resource resource, int percent, long used, long limit) ->
          "%d %% of the quota is used: %s of %s"
              .formatted(percent, resource.text(used), resource.text(limit));
      case Hit(Resource resource, long asked, long used, long limit) ->
          "the quota is full: %s more were refused, %s of %s are used"
              .formatted(resource.text(asked), resource.text(used), resource.text(limit));
      case Soft soft -> soft(soft);
    };
  }

  private static String soft(Soft notice) {
    String limit = Resource.BYTES.text(notice.softBytes());
    if (notice.since() != null) {
      return "use is above the soft limit of %s: from %s on it may not grow"
          .formatted(limit, notice.until());
    }
    return notice.softBytes() == Limits.UNLIMITED
        ? "there is no soft limit any more"
        : "use is below the soft limit of %s again".formatted(limit);
  }
}
