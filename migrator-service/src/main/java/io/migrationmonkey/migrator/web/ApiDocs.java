package io.migrationmonkey.migrator.web;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the description of the REST interface says beside its calls: how a token is sent. */
@Configuration(proxyBeanMethods = false)
class ApiDocs {

  private static final String TOKEN = "token";

  @Bean
  OpenAPI openApi() {
    SecurityScheme bearer =
        new SecurityScheme()
            .type(SecurityScheme.Type.HTTP)
            .scheme("bearer")
            .description("A token for viewing, or one for operating");
    return new OpenAPI()
        .info(new Info().title("Migration Monkey: the migrator").version("1"))
        .components(new Components().addSecuritySchemes(TOKEN, bearer))
        .addSecurityItem(new SecurityRequirement().addList(TOKEN));
  }
}
