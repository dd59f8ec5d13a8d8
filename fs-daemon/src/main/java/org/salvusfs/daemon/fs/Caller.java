package org.salvusfs.daemon.fs;

/**
 * Who asks: the thread's filesystem ids. Permissions are checked by the kernel
 * (default_permissions).
 *
 * @param umask of the calling process; already applied by the kernel unless stated otherwise
 */
public record Caller(int uid, int gid, int pid, int umask) {}
