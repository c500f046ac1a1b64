package io.migrationmonkey.migrator.page;

import io.migrationmonkey.access.AccessConfiguration;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the page's door right behind that of REST, which lets its paths pass. */
@Configuration(proxyBeanMethods = false)
class PageConfiguration {

  @Bean
  FilterRegistrationBean<PageFilter> pageFilter(
      PagePaths paths, Sessions sessions, Templates templates) {
    FilterRegistrationBean<PageFilter> filter =
        new FilterRegistrationBean<>(new PageFilter(paths, sessions, templates));
    filter.setOrder(AccessConfiguration.ORDER + 1);
    return filter;
  }
}
