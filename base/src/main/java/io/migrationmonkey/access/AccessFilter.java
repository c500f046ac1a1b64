package io.migrationmonkey.access;

import io.migrationmonkey.access.Gatekeeper.Answer;
import io.migrationmonkey.access.Gatekeeper.Why;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets a request through only with a token that is good for it. Everything is closed but a few
 * paths that are open by name, so what a service gains later is closed too.
 */
final class AccessFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private static final String REALM = "realm=\"Migration Monkey\"";
  private static final String WHERE =
      "Whoever installed it has the tokens: token.viewing and token.operating in"
          + " /etc/migration-monkey on the migrator's machine, where nothing else was set";

  private final transient Gatekeeper gatekeeper;
  private final transient Set<String> open;
  private final transient Doorway doorway;

  /**
   * @param open paths that may be looked at without a token
   * @param doorway paths that are not this filter's
   */
  AccessFilter(Gatekeeper gatekeeper, Set<String> open, Doorway doorway) {
    this.gatekeeper = gatekeeper;
    this.open = Set.copyOf(open);
    this.doorway = doorway;
  }

  private record Refusal(Why why, int status, String detail, String challenge, long retryAfter) {

    static Refusal unauthorised(Why why, String detail) {
      String challenge = why == Why.MISSING ? "" : ", error=\"invalid_token\"";
      return new Refusal(why, 401, detail + " " + WHERE + ".", challenge, 0);
    }
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    // As it was sent: what Tomcat makes of dots, semicolons and encoded letters opens nothing.
    String path = request.getRequestURI();
    if (doorway.guards(path)) {
      chain.doFilter(request, response);
      return;
    }
    List<String> headers = Collections.list(request.getHeaders("Authorization"));
    if (headers.isEmpty()) {
      if (open.contains(path) && Role.looks(request.getMethod())) {
        chain.doFilter(request, response);
      } else {
        refuse(
            request,
            response,
            Refusal.unauthorised(
                Why.MISSING, "This needs a token: send 'Authorization: Bearer TOKEN'."));
      }
      return;
    }
    Optional<Credential> credential =
        headers.size() == 1 ? Credential.of(headers.getFirst()) : Optional.empty();
    if (credential.isEmpty()) {
      refuse(
          request,
          response,
          Refusal.unauthorised(
              Why.MALFORMED,
              "The Authorization header holds no token: send one, as 'Authorization: Bearer TOKEN'."));
      return;
    }
    if (credential.get().basic() && !Role.looks(request.getMethod())) {
      // A browser sends a password by itself, also when another site's page makes it send
      // something.
      refuse(
          request,
          response,
          Refusal.unauthorised(
              Why.MALFORMED,
              "A token as a password is for looking only: send 'Authorization: Bearer TOKEN'."));
      return;
    }
    switch (gatekeeper.ask(credential.get().digest(), request)) {
      case Answer.Slowed(long seconds) ->
          refuse(
              request,
              response,
              new Refusal(
                  Why.SLOWED,
                  429,
                  "Too many wrong tokens came from %s: wait %d s"
                      .formatted(request.getRemoteAddr(), seconds),
                  "",
                  seconds));
      case Answer.Wrong() ->
          refuse(
              request, response, Refusal.unauthorised(Why.WRONG, "This token is not known here."));
      case Answer.Known(Caller caller, _) -> {
        if (caller.role().may(request.getMethod(), path)) {
          chain.doFilter(new Known(request, caller), response);
        } else {
          refuse(request, response, forbidden(caller));
        }
      }
    }
  }

  private static Refusal forbidden(Caller caller) {
    String detail =
        switch (caller.role()) {
          case VIEWING -> "This needs a token for operating, and '%s' is one for viewing";
          case MONITOR ->
              "'%s' is a monitor's token: it may order a migration or a warm run, look at migrations, and"
                  + " nothing else";
          case TRIGGER ->
              "'%s' is a token for triggers: it may send alerts and orders to a monitor, and nothing"
                  + " else";
          case OPERATING -> "'%s' may not do this";
        };
    return new Refusal(
        Why.ROLE,
        403,
        detail.formatted(caller.name()) + ". " + WHERE + ".",
        ", error=\"insufficient_scope\"",
        0);
  }

  private void refuse(HttpServletRequest request, HttpServletResponse response, Refusal refusal)
      throws IOException {
    if (refusal.why != Why.SLOWED && refusal.why != Why.WRONG) {
      gatekeeper.count(refusal.why, 1);
    }
    if (refusal.retryAfter > 0) {
      response.setHeader("Retry-After", Long.toString(refusal.retryAfter));
    } else {
      response.addHeader("WWW-Authenticate", "Bearer " + REALM + refusal.challenge);
      if (refusal.status == 401 && isForPeople(request)) {
        response.addHeader("WWW-Authenticate", "Basic " + REALM);
      }
    }
    response.setStatus(refusal.status);
    response.setContentType("application/problem+json");
    response.setHeader("Cache-Control", "no-store");
    Map<String, Object> problem = new LinkedHashMap<>();
    problem.put(
        "title",
        switch (refusal.status) {
          case 401 -> "Unauthorized";
          case 403 -> "Forbidden";
          default -> "Too Many Requests";
        });
    problem.put("status", refusal.status);
    problem.put("detail", refusal.detail);
    response
        .getOutputStream()
        .write(JsonMapper.shared().writeValueAsString(problem).getBytes(StandardCharsets.UTF_8));
  }

  /** A browser that opens a page asks its user for a password; one that runs a script must not. */
  private static boolean isForPeople(HttpServletRequest request) {
    @Nullable String accept = request.getHeader("Accept");
    return accept != null && accept.contains("text/html") && Role.looks(request.getMethod());
  }

  /** The request, which knows now who sent it. */
  private static final class Known extends HttpServletRequestWrapper {

    private final Caller caller;

    Known(HttpServletRequest request, Caller caller) {
      super(request);
      this.caller = caller;
    }

    @Override
    public Principal getUserPrincipal() {
      return caller;
    }

    @Override
    public String getRemoteUser() {
      return caller.name();
    }

    @Override
    public boolean isUserInRole(String role) {
      return caller.role().toString().equals(role);
    }
  }
}
