package org.salvusfs.daemon.management;

/**
 * Something that happened to a project or to a host.
 *
 * @param at ISO 8601
 * @param project its name; {@code -} if it happened to a host
 * @param kind a word for programs
 * @param detail a sentence for people
 */
public record EventStatus(String at, String project, String kind, String detail) {}
