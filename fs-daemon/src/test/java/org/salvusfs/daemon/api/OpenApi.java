package org.salvusfs.daemon.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The document, as far as the tests compare it with the code. */
final class OpenApi {
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private final ObjectMapper json = new ObjectMapper();
  private final JsonNode document;

  /**
   * @param text in YAML
   */
  OpenApi(String text) {
    document = json.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(text));
  }

  /**
   * One operation.
   *
   * @param scope empty: no token is needed
   */
  record Operation(String method, String path, String scope, JsonNode node) {
    @Override
    public String toString() {
      return method + " " + path;
    }

    Set<String> statuses() {
      var statuses = new TreeSet<String>();
      node.get("responses").fieldNames().forEachRemaining(statuses::add);
      return statuses;
    }
  }

  List<Operation> operations() {
    var operations = new ArrayList<Operation>();
    for (var path : document.get("paths").properties()) {
      for (var field : path.getValue().properties()) {
        if (METHODS.contains(field.getKey())) {
          operations.add(
              new Operation(
                  field.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  field.getValue().at("/security/0/token/0").asText(""),
                  field.getValue()));
        }
      }
    }
    return operations;
  }

  /** Parameters in some place, with values that they may have. */
  SortedMap<String, String> parameters(Operation operation, String place) {
    var found = new TreeMap<String, String>();
    for (var holder : List.of(document.get("paths").get(operation.path()), operation.node())) {
      for (var entry : holder.path("parameters")) {
        var parameter = resolved(entry);
        if (parameter.get("in").asText().equals(place)) {
          found.put(parameter.get("name").asText(), parameter.at("/schema/default").asText("x"));
        }
      }
    }
    return found;
  }

  /** What is wrong with the body of an answer; empty: nothing. */
  String faults(Operation operation, String status, String type, String body) throws Exception {
    var response = resolved(operation.node().get("responses").get(status));
    var contents = response.get("content");
    if (contents == null) {
      return body.isEmpty() ? "" : "there is a body, and should be none";
    }
    var content = contents.get(type);
    if (content == null) {
      return "type " + type + " is not in the document";
    }
    var schema = content.get("schema");
    if (!type.endsWith("json")) {
      return schema.equals(json.readTree("{\"type\":\"string\"}")) ? "" : "it is text";
    }
    return faults(schema, json.readTree(body));
  }

  /** What is wrong with the body of a request. */
  String requestFaults(Operation operation, String body) throws Exception {
    var wanted = operation.node().get("requestBody");
    if (wanted == null) {
      return body.isEmpty() ? "" : "the document knows of no body";
    }
    var schema = resolved(wanted).at("/content/application~1json/schema");
    if (schema.isMissingNode()) {
      return ""; // it is a file
    }
    return faults(schema, json.readTree(body.isEmpty() ? "{}" : body));
  }

  private String faults(JsonNode schema, JsonNode value) {
    ObjectNode whole = schema.deepCopy();
    whole.set("components", document.get("components")); // where its references lead
    return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
        .getSchema(whole)
        .validate(value)
        .stream()
        .map(ValidationMessage::getMessage)
        .collect(Collectors.joining("; "));
  }

  private JsonNode resolved(JsonNode node) {
    var reference = node.get("$ref");
    return reference == null ? node : document.at(reference.asText().substring(1));
  }
}
