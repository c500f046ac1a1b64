package io.migrationmonkey.migrator.page;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;

class LoginControllerTest {

  @Test
  void overTlsTheCookieIsForTlsOnly() {
    MockHttpServletRequest request = new MockHttpServletRequest();
    assertThat(LoginController.cookie("x", Sessions.LONGEST, request).isSecure()).isFalse();
    request.setSecure(true);
    assertThat(LoginController.cookie("x", Sessions.LONGEST, request).isSecure()).isTrue();
  }
}
