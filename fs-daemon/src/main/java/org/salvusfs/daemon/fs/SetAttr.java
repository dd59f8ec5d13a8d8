package org.salvusfs.daemon.fs;

import org.jspecify.annotations.Nullable;

/** Which attributes change; null leaves one as it is. Times are nanoseconds since 1970. */
public record SetAttr(
    @Nullable Integer mode,
    @Nullable Integer uid,
    @Nullable Integer gid,
    @Nullable Long sizeBytes,
    @Nullable Long atimeNanos,
    @Nullable Long mtimeNanos,
    @Nullable Long ctimeNanos,
    boolean killSuidgid) {}
