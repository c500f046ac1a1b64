package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagePathsTest {

  private final PagePaths paths = new PagePaths();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/page/login",
        "/page/page.css",
        "/page/migrations/m20260101-020000-ab12/abort",
        "/page/servers/backup/reboot"
      })
  void thePagesOwnPathsAreItsToGuard(String path) {
    assertThat(paths.guards(path)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/page",
        "/page/",
        "//",
        "/api/servers",
        "/page/../api/servers",
        "/page/..%2fapi/servers",
        "/page/%2e%2e/api/servers",
        "/page/login;x=/../../api/servers",
        "/page//api/servers/..",
        "/page/x/../../api/servers",
        "/page/.",
        "/page/a..b",
        "/pages/login",
        "/actuator/prometheus",
        "/page/login\n/api"
      })
  void nothingThatCouldLeadElsewhereIs(String path) {
    assertThat(paths.guards(path)).isFalse();
  }
}
