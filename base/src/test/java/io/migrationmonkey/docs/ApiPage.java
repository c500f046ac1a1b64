package io.migrationmonkey.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A service's part of docs/api.md, made from its own description at {@code /v3/api-docs}, in which
 * every call must have words, examples that its types allow, and every error.
 */
public final class ApiPage {

  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  private static final List<String> FOR_TOKENS = List.of("401", "403", "429");

  private final JsonNode docs;

  private ApiPage(JsonNode docs) {
    this.docs = docs;
  }

  /** Reads what a service answers at {@code /v3/api-docs}. */
  public static ApiPage of(String docs) {
    return new ApiPage(JSON.readTree(docs));
  }

  /** Checks the description, and a service's part of the page with it. */
  public void check(String service) throws IOException {
    Map<String, JsonNode> calls = calls();
    assertThat(calls).isNotEmpty();
    StringBuilder text = new StringBuilder();
    calls.forEach((name, call) -> {
      isComplete(name, call);
      text.append(text.isEmpty() ? "" : "\n").append(section(name, call));
    });
    GeneratedPart.check("api.md", "calls of the " + service, text.toString());
  }

  /** For a service that has no springdoc where it runs: it answers with this file then. */
  public void checkWritten() throws IOException {
    Path file = Path.of("src", "main", "resources", "openapi.json");
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(file, JSON.writeValueAsString(JSON.treeToValue(docs, Map.class)) + "\n");
    } else {
      assertThat(JSON.readTree(Files.readString(file)))
          .as("openapi.json is as it was: run this test with -Ddocs.write=true")
          .isEqualTo(docs);
    }
  }

  /** Whether that call is said to answer so. */
  public void foresees(String method, String path, int status) {
    Optional<JsonNode> call =
        calls().entrySet().stream()
            .filter(each ->
                (method + " " + path).matches(each.getKey().replaceAll("\\{[^}]+}", "[^/]+")))
            .map(Map.Entry::getValue)
            .findFirst();
    assertThat(call).as("%s %s in /v3/api-docs", method, path).isPresent();
    assertThat(call.get().path("responses").has(Integer.toString(status)))
        .as("%s %s may answer %d, as /v3/api-docs says", method, path, status)
        .isTrue();
  }

  private Map<String, JsonNode> calls() {
    Map<String, JsonNode> calls = new TreeMap<>(java.util.Comparator.comparing(ApiPage::order));
    docs.path("paths")
        .properties()
        .forEach(path ->
            path.getValue()
                .properties()
                .forEach(call ->
                    calls.put(
                        call.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                        call.getValue())));
    return calls;
  }

  /** By path, then as one reads: look, order, change, end. */
  private static String order(String call) {
    String[] words = call.split(" ");
    return words[1] + " " + List.of("GET", "POST", "PUT", "DELETE").indexOf(words[0]);
  }

  private void isComplete(String name, JsonNode call) {
    assertThat(call.path("summary").asString("")).as("words for %s", name).isNotBlank();
    assertThat(call.path("description").asString("")).as("words for %s", name).isNotBlank();
    for (JsonNode parameter : call.path("parameters")) {
      assertThat(parameter.path("description").asString(""))
          .as("words for %s of %s", parameter.path("name"), name)
          .isNotBlank();
    }
    for (JsonNode body : call.at("/requestBody/content")) {
      assertThat(body.has("example")).as("an example for the body of %s", name).isTrue();
      fits(name + ", its body", body.path("schema"), body.path("example"));
    }
    JsonNode responses = call.path("responses");
    assertThat(responses.propertyNames()).as(name).containsAll(FOR_TOKENS);
    assertThat(responses.propertyNames()).as(name).anyMatch(status -> status.startsWith("2"));
    responses
        .properties()
        .forEach(response -> {
          String where = name + ", " + response.getKey();
          assertThat(response.getValue().path("description").asString("")).as(where).isNotBlank();
          assertThat(response.getValue().path("content").size()).as(where).isEqualTo(1);
          for (JsonNode body : response.getValue().path("content")) {
            assertThat(body.has("example")).as("an example for %s", where).isTrue();
            fits(where, body.path("schema"), body.path("example"));
          }
        });
  }

  /** An example says nothing that its type does not have, and is of that type. */
  private void fits(String where, JsonNode schema, JsonNode example) {
    JsonNode type = resolved(schema);
    assertThat(type.isMissingNode()).as("the type of %s", where).isFalse();
    if (type.has("enum")) {
      assertThat(type.path("enum").valueStream().map(JsonNode::asString))
          .as(where)
          .contains(example.asString());
    }
    if (example.isObject()) {
      for (var field : example.properties()) {
        JsonNode inner = type.path("properties").path(field.getKey());
        if (inner.isMissingNode()) {
          inner = type.path("additionalProperties");
        }
        assertThat(inner.isObject()).as("%s has a '%s'", where, field.getKey()).isTrue();
        fits(where + "." + field.getKey(), inner, field.getValue());
      }
      for (JsonNode needed : type.path("required")) {
        assertThat(example.has(needed.asString())).as("%s has its '%s'", where, needed).isTrue();
      }
    } else if (example.isArray()) {
      example.forEach(item -> fits(where + "[]", type.path("items"), item));
    } else if (!example.isNull()) {
      Set<String> kinds =
          example.isString()
              ? Set.of("string")
              : example.isBoolean() ? Set.of("boolean") : Set.of("integer", "number");
      assertThat(types(type)).as(where).containsAnyElementsOf(kinds);
    }
  }

  private static List<String> types(JsonNode schema) {
    JsonNode type = schema.path("type");
    return type.isArray()
        ? type.valueStream().map(JsonNode::asString).toList()
        : List.of(type.asString(""));
  }

  private JsonNode resolved(JsonNode schema) {
    String reference = schema.path("$ref").asString("");
    return reference.isEmpty() ? schema : docs.at(reference.substring(1));
  }

  private String section(String name, JsonNode call) {
    StringBuilder text = new StringBuilder("### %s\n\n".formatted(name));
    text.append(
        "%s. %s\n".formatted(call.path("summary").asString(), call.path("description").asString()));
    if (call.has("parameters")) {
      text.append("\n| parameter | where | what |\n|---|---|---|\n");
      for (JsonNode parameter : call.path("parameters")) {
        text.append(
            "| `%s`%s | %s | %s |\n"
                .formatted(
                    parameter.path("name").asString(),
                    parameter.path("required").asBoolean(false) ? ", required" : "",
                    parameter.path("in").asString(),
                    parameter.path("description").asString()));
      }
    }
    for (JsonNode body : call.at("/requestBody/content")) {
      text.append(
          "\nIts body is like:\n\n```json\n%s\n```\n".formatted(shown(body.path("example"))));
    }
    text.append("\n| answer | when |\n|---|---|\n");
    List<String> good = new ArrayList<>();
    call.path("responses")
        .properties()
        .forEach(response -> {
          // The page says once what a token that is not good brings.
          if (FOR_TOKENS.contains(response.getKey())) {
            return;
          }
          JsonNode body = response.getValue().path("content").iterator().next();
          String detail = body.path("example").path("detail").asString("");
          text.append(
              "| %s | %s%s |\n"
                  .formatted(
                      response.getKey(),
                      response.getValue().path("description").asString(),
                      detail.isEmpty() ? "" : ": *%s*".formatted(detail)));
          if (response.getKey().startsWith("2")) {
            good.add(
                "\nThe %s is like:\n\n```%s\n%s\n```\n"
                    .formatted(
                        response.getKey(),
                        body.path("example").isString() ? "" : "json",
                        shown(body.path("example"))));
          }
        });
    good.forEach(text::append);
    return text.toString();
  }

  private static String shown(JsonNode example) {
    return example.isString()
        ? example.asString().stripTrailing()
        : JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .build()
            .writeValueAsString(example);
  }
}
