/**
 * Where the daemon is put together: the only room that makes clocks, threads, randomness and
 * processes and hands them to all others, and that knows every module. What it makes it ends, in
 * the opposite order.
 *
 * <p>{@code DaemonProcess} is what others hold; behind it is a {@code Daemon}, put together by
 * {@link org.salvusfs.daemon.wiring.DaemonStart}. In an upgrade {@code Predecessor} takes it apart
 * and gives its mount away, {@code Successor} puts one together around a mount that it got.
 */
@NullMarked
package org.salvusfs.daemon.wiring;

import org.jspecify.annotations.NullMarked;
