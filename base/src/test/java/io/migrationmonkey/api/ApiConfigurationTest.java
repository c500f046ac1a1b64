package io.migrationmonkey.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.Paths;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;

class ApiConfigurationTest {

  private final WebApplicationContextRunner services =
      new WebApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ApiConfiguration.class));

  @Test
  void aServiceWithoutSpringdocAnswersWithWhatTheBuildWrote() {
    services
        .withClassLoader(new FilteredClassLoader("org.springdoc", "io.swagger"))
        .run(service -> {
          assertThat(service).hasSingleBean(ApiDescription.class);
          assertThat(service.getBean(ApiDescription.class).description().exists()).isTrue();
        });
  }

  @Test
  void aServiceWithSpringdocMakesItItself() {
    services.run(service -> {
      assertThat(service).doesNotHaveBean(ApiDescription.class).hasSingleBean(ApiCustomizer.class);
      assertThat(service.getBean(OpenAPI.class).getInfo().getTitle()).isEqualTo("A service");
    });
  }

  @Test
  void wordsForACallThatIsNotThereAreAnError() {
    ApiWords words =
        new ApiWords(
            "t",
            "d",
            Map.of(),
            Map.of("GET /api/gone", new ApiWords.Call("s", "d", null, null, Map.of())));
    OpenAPI api =
        new OpenAPI()
            .components(new Components())
            .paths(new Paths().addPathItem("/api/there", new PathItem().get(new Operation())));
    assertThatIllegalStateException()
        .isThrownBy(() -> new ApiCustomizer(words).customise(api))
        .withMessageContaining("GET /api/gone");
  }

  @Test
  void anExampleMayBeNamed() {
    ApiWords words = new ApiWords("t", "d", Map.of("one", Map.of("a", 1)), Map.of());
    assertThat(words.example(List.of("@one"))).isEqualTo(List.of(Map.of("a", 1)));
    assertThatIllegalStateException()
        .isThrownBy(() -> words.example("@two"))
        .withMessageContaining("@two");
  }
}
