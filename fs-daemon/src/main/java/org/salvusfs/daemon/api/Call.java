package org.salvusfs.daemon.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.salvusfs.daemon.control.Json;

/**
 * A request that has come to its handler.
 *
 * @param grant what its token is good for
 * @param words decoded parts of the path, by the names that the route gives them
 * @param query decoded parameters
 * @param headers of the request, by their names; null: not there
 * @param body all of it; empty if it is a file
 * @param file the body as it comes; empty if it is not a file
 */
record Call(
    Grant grant,
    Map<String, String> words,
    Map<String, String> query,
    Headers headers,
    byte[] body,
    InputStream file) {
  /** Looks headers up. */
  @FunctionalInterface
  interface Headers {
    @Nullable String get(String name);
  }

  /** The part of the path that the route calls so. */
  String word(String name) {
    var word = words.get(name);
    if (word == null) {
      throw new IllegalArgumentException("the route has no {" + name + "}");
    }
    return word;
  }

  String project() {
    return word(Route.PROJECT);
  }

  /** The words of a path, decoded. */
  static Map<String, String> names(Map<String, String> raw) throws ProblemException {
    var names = new HashMap<String, String>();
    for (var word : raw.entrySet()) {
      names.put(word.getKey(), Percent.name(word.getKey(), word.getValue()));
    }
    return names;
  }

  /**
   * Reads {@code a=1&b}.
   *
   * @param raw null: there is none
   */
  static Map<String, String> parameters(@Nullable String raw) throws ProblemException {
    var parameters = new HashMap<String, String>();
    if (raw == null || raw.isEmpty()) {
      return parameters;
    }
    for (var part : raw.split("&", -1)) {
      int equals = part.indexOf('=');
      var name = Percent.decoded("query", equals < 0 ? part : part.substring(0, equals));
      var value = equals < 0 ? "" : Percent.decoded(name, part.substring(equals + 1));
      if (parameters.put(name, value) != null) {
        throw ProblemException.invalid(name, "the parameter " + name + " is there twice");
      }
    }
    return parameters;
  }

  /** Refuses parameters that mean nothing here. */
  void allow(String... known) throws ProblemException {
    var all = List.of(known);
    for (var name : query.keySet()) {
      if (!all.contains(name)) {
        throw ProblemException.invalid(name, "there is no parameter \"" + name + "\" here");
      }
    }
  }

  Optional<String> parameter(String name) {
    return Optional.ofNullable(query.get(name));
  }

  /** A whole number from the query. */
  int number(String name, int fallback, int least, int most) throws ProblemException {
    return Math.toIntExact(longNumber(name, fallback, least, most));
  }

  /** Likewise, a large one. */
  long longNumber(String name, long fallback, long least, long most) throws ProblemException {
    var text = query.get(name);
    if (text == null) {
      return fallback;
    }
    try {
      long number = Long.parseLong(text);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw ProblemException.invalid(name, "\"" + text + "\" is no whole number");
    }
    throw ProblemException.invalid(name, name + " is from " + least + " to " + most);
  }

  /**
   * What the body says; all its fields null if it is empty.
   *
   * @throws ProblemException naming the field that is wrong
   */
  <T> T read(Class<T> type) throws ProblemException {
    try {
      var text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      var value = Json.read(text.isEmpty() ? "{}" : text, type);
      if (value == null) {
        throw ProblemException.invalid(null, "the body is null; write an object");
      }
      return value;
    } catch (CharacterCodingException e) {
      throw ProblemException.invalid(null, "the body is not UTF-8");
    } catch (JsonMappingException e) {
      var path = e.getPath();
      throw ProblemException.invalid(
          path.isEmpty() ? null : path.getLast().getFieldName(), e.getOriginalMessage());
    } catch (JsonProcessingException e) {
      throw ProblemException.invalid(null, "the body is not JSON: " + e.getOriginalMessage());
    }
  }

  /** A field that must be there. */
  static <T> T required(String field, @Nullable T value) throws ProblemException {
    if (value == null) {
      throw ProblemException.invalid(field, "the field " + field + " is missing");
    }
    return value;
  }

  /** One of several words, in a field or parameter. */
  static String oneOf(String field, String value, Set<String> words) throws ProblemException {
    if (!words.contains(value)) {
      throw ProblemException.invalid(
          field, "%s is one of %s, not \"%s\"".formatted(field, String.join(", ", words), value));
    }
    return value;
  }
}
