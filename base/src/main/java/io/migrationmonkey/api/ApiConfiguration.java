package io.migrationmonkey.api;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.io.IOException;
import java.util.List;
import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnResource;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.PropertySource;
import org.springframework.core.io.ClassPathResource;

/**
 * Has every service describe its REST interface at {@code /v3/api-docs}: by springdoc where that is
 * there, as the build wrote it where it is not.
 */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
public class ApiConfiguration {

  private static final String SPRINGDOC = "org.springdoc.core.customizers.GlobalOpenApiCustomizer";

  /** Without springdoc. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnMissingClass(SPRINGDOC)
  @ConditionalOnResource(resources = "classpath:openapi.json")
  static class Written {

    @Bean
    ApiDescription apiDescription() {
      return new ApiDescription();
    }
  }

  /** With springdoc. */
  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(name = SPRINGDOC)
  @ConditionalOnResource(resources = "classpath:" + ApiWords.RESOURCE)
  @PropertySource("classpath:io/migrationmonkey/api/springdoc.properties")
  static class Made {

    private static final String TOKEN = "token";

    @Bean
    ApiWords apiWords() throws IOException {
      return ApiWords.read(new ClassPathResource(ApiWords.RESOURCE));
    }

    @Bean
    OpenAPI openApi(ApiWords words) {
      SecurityScheme bearer =
          new SecurityScheme()
              .type(SecurityScheme.Type.HTTP)
              .scheme("bearer")
              .description("A token for viewing, or one for operating");
      return new OpenAPI()
          .info(new Info().title(words.title()).description(words.description()).version("1"))
          .servers(List.of(new Server().url("/")))
          .components(new Components().addSecuritySchemes(TOKEN, bearer))
          .addSecurityItem(new SecurityRequirement().addList(TOKEN));
    }

    @Bean
    GlobalOpenApiCustomizer apiCustomizer(ApiWords words) {
      return new ApiCustomizer(words);
    }
  }
}
