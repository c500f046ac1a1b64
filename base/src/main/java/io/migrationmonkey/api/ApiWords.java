package io.migrationmonkey.api;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import tools.jackson.databind.json.JsonMapper;

/**
 * What people have written of the calls of a REST interface, beside what their code says.
 *
 * @param examples by name; an example of the form {@code "@name"} stands for one of them
 * @param calls by method and path, as in {@code "GET /api/switch"}
 */
record ApiWords(
    String title, String description, Map<String, Object> examples, Map<String, Call> calls) {

  /** Where they stand. */
  static final String RESOURCE = "api.json";

  /**
   * One call.
   *
   * @param parameters what each means, by name
   * @param request an example of its body
   * @param answers by status, apart from those that a wrong token brings for every call
   */
  record Call(
      String summary,
      String description,
      @Nullable Map<String, String> parameters,
      @Nullable Object request,
      Map<String, Answer> answers) {}

  /**
   * One answer.
   *
   * @param what it means
   * @param example of its body
   * @param detail of the problem, where it is one
   * @param media what its body is, where that is not JSON
   */
  record Answer(
      String what, @Nullable Object example, @Nullable String detail, @Nullable String media) {}

  static ApiWords read(Resource resource) throws IOException {
    try (InputStream in = resource.getInputStream()) {
      return JsonMapper.shared().readValue(in, ApiWords.class);
    }
  }

  /** The example itself, where it is named. */
  @Nullable Object example(@Nullable Object given) {
    if (given instanceof String name && name.startsWith("@")) {
      Object example = examples.get(name.substring(1));
      if (example == null) {
        throw new IllegalStateException("%s has no example %s".formatted(RESOURCE, name));
      }
      return example;
    }
    return given instanceof List<?> list ? list.stream().map(this::example).toList() : given;
  }
}
