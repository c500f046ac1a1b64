package io.migrationmonkey.api;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.responses.ApiResponses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.http.HttpStatus;

/**
 * Adds to the description of a REST interface what the code cannot say: words, examples, and every
 * error as a problem detail.
 */
final class ApiCustomizer implements GlobalOpenApiCustomizer {

  private static final String PROBLEM = "Problem";
  private static final String PROBLEM_JSON = "application/problem+json";

  private final ApiWords words;

  ApiCustomizer(ApiWords words) {
    this.words = words;
  }

  @Override
  public void customise(OpenAPI api) {
    Set<String> notThere = new TreeSet<>(words.calls().keySet());
    api.getPaths()
        .forEach((path, item) ->
            item.readOperationsMap()
                .forEach((method, operation) -> {
                  operation.setTags(List.of(path.split("/")[2]));
                  ApiWords.Call call = words.calls().get(method + " " + path);
                  if (call != null) {
                    notThere.remove(method + " " + path);
                    describe(path, method.name().equals("GET"), operation, call);
                  }
                }));
    if (!notThere.isEmpty()) {
      throw new IllegalStateException(
          "%s speaks of calls that are not there: %s".formatted(ApiWords.RESOURCE, notThere));
    }
    api.getComponents().addSchemas(PROBLEM, problem());
  }

  private void describe(String path, boolean looks, Operation operation, ApiWords.Call call) {
    operation.setSummary(call.summary());
    operation.setDescription(call.description());
    Map<String, String> parameters = call.parameters() == null ? Map.of() : call.parameters();
    if (operation.getParameters() != null) {
      for (Parameter parameter : operation.getParameters()) {
        parameter.setDescription(parameters.get(parameter.getName()));
      }
    }
    if (operation.getRequestBody() != null) {
      Object example = words.example(call.request());
      operation.getRequestBody().getContent().values().forEach(body -> body.setExample(example));
    }
    Schema<?> good = successful(operation.getResponses());
    Map<String, ApiWords.Answer> answers = new TreeMap<>(forTokens(looks));
    answers.putAll(call.answers());
    ApiResponses responses = new ApiResponses();
    answers.forEach((status, answer) ->
        responses.addApiResponse(status, response(path, Integer.parseInt(status), answer, good)));
    operation.setResponses(responses);
  }

  /** What every call answers where the token is not good for it. */
  private static Map<String, ApiWords.Answer> forTokens(boolean looks) {
    String role =
        looks
            ? "'alertmanager' is a token for triggers: it may send alerts and orders to a monitor,"
                + " and nothing else."
            : "This needs a token for operating, and 'ann' is one for viewing.";
    return Map.of(
        "401",
        refusal(
            "no token, or one that is not known",
            "This needs a token: send 'Authorization: Bearer TOKEN'."),
        "403",
        refusal("the token is not for this", role),
        "429",
        refusal(
            "too many wrong tokens came from there; `Retry-After` says for how many seconds",
            "Too many wrong tokens came from 10.0.0.7: wait 4 s"));
  }

  private static ApiWords.Answer refusal(String what, String detail) {
    return new ApiWords.Answer(what, null, detail, null);
  }

  private ApiResponse response(
      String path, int status, ApiWords.Answer answer, @Nullable Schema<?> good) {
    ApiResponse response = new ApiResponse().description(answer.what());
    if (answer.detail() != null) {
      return response.content(
          content(
              PROBLEM_JSON,
              new Schema<>().$ref("#/components/schemas/" + PROBLEM),
              problem(path, status, answer.detail())));
    }
    Object example = words.example(answer.example());
    return answer.media() == null
        ? response.content(content("application/json", good, example))
        : response.content(content(answer.media(), new StringSchema(), example));
  }

  private static Content content(
      String media, @Nullable Schema<?> schema, @Nullable Object example) {
    return new Content().addMediaType(media, new MediaType().schema(schema).example(example));
  }

  private static @Nullable Schema<?> successful(ApiResponses responses) {
    return responses.entrySet().stream()
        .filter(response ->
            response.getKey().startsWith("2") && response.getValue().getContent() != null)
        .flatMap(response -> response.getValue().getContent().values().stream())
        .findFirst()
        .map(MediaType::getSchema)
        .orElse(null);
  }

  private static Map<String, Object> problem(String path, int status, String detail) {
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put("title", HttpStatus.valueOf(status).getReasonPhrase());
    problem.put("status", status);
    problem.put("detail", detail);
    // The guard at the door answers before anybody knows of a path.
    if (!Set.of(401, 403, 429).contains(status)) {
      problem.put(
          "instance", path.replace("{id}", "m20261126-114705-0e87").replace("{name}", "backup"));
    }
    return problem;
  }

  private static Schema<?> problem() {
    return new ObjectSchema()
        .description("What went wrong, and what to do (RFC 9457)")
        .addProperty("title", new StringSchema().description("the status in words"))
        .addProperty("status", new IntegerSchema())
        .addProperty(
            "detail", new StringSchema().description("for people: what is wrong, and what helps"))
        .addProperty("instance", new StringSchema().description("the path that was asked"))
        .required(List.of("title", "status", "detail"));
  }
}
