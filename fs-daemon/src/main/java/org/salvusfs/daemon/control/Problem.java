package org.salvusfs.daemon.control;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * Why a request was refused: an RFC 9457 problem.
 *
 * @param type a URI for programs, the same in all versions: see {@link Refusal#type}
 * @param title the kind of problem, for people
 * @param status the HTTP status
 * @param detail a sentence about this one
 * @param field the field, query parameter or part of the path that is wrong, if it is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String type, String title, int status, String detail, @Nullable String field) {}
