package io.migrationmonkey.migrator.page;

import io.migrationmonkey.access.Caller;
import io.migrationmonkey.access.Gatekeeper;
import io.migrationmonkey.access.Gatekeeper.Answer;
import io.migrationmonkey.access.Role;
import io.swagger.v3.oas.annotations.Hidden;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestParam;

/** Coming in with a token, and going. */
@Hidden
@Controller
class LoginController {

  private final Gatekeeper gatekeeper;
  private final Sessions sessions;
  private final Templates templates;

  LoginController(Gatekeeper gatekeeper, Sessions sessions, Templates templates) {
    this.gatekeeper = gatekeeper;
    this.sessions = sessions;
    this.templates = templates;
  }

  /** The form, and why it is shown again. */
  record Login(Frame frame, @Nullable String problem) {}

  @GetMapping(PagePaths.LOGIN)
  ResponseEntity<String> form(@RequestParam(required = false) @Nullable String ended) {
    return form(
        200,
        ended == null ? null : "You are not logged in any more. Nothing was done: log in again.");
  }

  @PostMapping(PagePaths.LOGIN)
  ResponseEntity<String> login(
      @RequestParam(defaultValue = "") String token, HttpServletRequest request) {
    return switch (gatekeeper.ask(token, request)) {
      case Answer.Wrong() ->
          form(401, "This token is not known here. See that it was copied whole.");
      case Answer.Slowed(long seconds) ->
          form(429, "Too many wrong tokens came from your address: wait %d s.".formatted(seconds));
      case Answer.Known(Caller caller, Gatekeeper.Pass pass) ->
          caller.role() == Role.OPERATING || caller.role() == Role.VIEWING
              ? in(caller, pass, request)
              : form(
                  403,
                  "\u201c%s\u201d is a machine's token (%s). A person needs one for viewing or for operating."
                      .formatted(caller.name(), caller.role()));
    };
  }

  private ResponseEntity<String> in(
      Caller caller, Gatekeeper.Pass pass, HttpServletRequest request) {
    Secret id = sessions.begin(caller, pass);
    return see("/", cookie(id.reveal(), Sessions.LONGEST, request));
  }

  @PostMapping("/page/logout")
  ResponseEntity<String> logout(
      @RequestAttribute(PageFilter.SESSION) Session session, HttpServletRequest request) {
    sessions.end(session.key());
    return see(PagePaths.LOGIN, cookie("", Duration.ZERO, request));
  }

  private static ResponseEntity<String> see(String path, ResponseCookie cookie) {
    return ResponseEntity.status(303)
        .header(HttpHeaders.LOCATION, path)
        .header(HttpHeaders.SET_COOKIE, cookie.toString())
        .build();
  }

  static ResponseCookie cookie(String value, Duration age, HttpServletRequest request) {
    return ResponseCookie.from(PageFilter.COOKIE, value)
        .httpOnly(true)
        .sameSite("Strict")
        .secure(request.isSecure())
        .path("/")
        .maxAge(age)
        .build();
  }

  private ResponseEntity<String> form(int status, @Nullable String problem) {
    return Html.of(status, templates.render("login", new Login(Frame.closed("Log in"), problem)));
  }
}
