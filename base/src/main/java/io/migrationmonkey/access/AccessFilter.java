package io.migrationmonkey.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.access.FailedLogins.Failure;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * Lets a request through only with a token that is good for it. Everything is closed but a few
 * paths that are open by name, so what a service gains later is closed too.
 */
final class AccessFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(AccessFilter.class);

  private static final String REALM = "realm=\"Migration Monkey\"";
  private static final String WHERE =
      "Whoever installed it has the tokens: token.viewing and token.operating in"
          + " /etc/migration-monkey on the migrator's machine, where nothing else was set";

  private final transient TokenFile tokens;
  private final transient FailedLogins logins;
  private final transient Set<String> open;
  private final transient MeterRegistry meters;

  AccessFilter(TokenFile tokens, FailedLogins logins, Set<String> open, MeterRegistry meters) {
    this.tokens = tokens;
    this.logins = logins;
    this.open = Set.copyOf(open);
    this.meters = meters;
    for (Why why : Why.values()) {
      count(why, 0);
    }
  }

  private enum Why {
    MISSING,
    MALFORMED,
    WRONG,
    SLOWED,
    ROLE
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
    byte[] digest = credential.get().digest();
    Duration pause = logins.pause(request.getRemoteAddr(), digest);
    if (pause != null) {
      long seconds = pause.plusMillis(999).toSeconds();
      refuse(
          request,
          response,
          new Refusal(
              Why.SLOWED,
              429,
              "Too many wrong tokens came from %s: wait %d s".formatted(peer(request), seconds),
              "",
              seconds));
      return;
    }
    Optional<Caller> caller = tokens.find(digest);
    if (caller.isEmpty()) {
      report(request, logins.failed(request.getRemoteAddr(), digest));
      refuse(request, response, Refusal.unauthorised(Why.WRONG, "This token is not known here."));
      return;
    }
    logins.succeeded(request.getRemoteAddr(), digest);
    if (!caller.get().role().may(request.getMethod(), path)) {
      refuse(request, response, forbidden(caller.get()));
      return;
    }
    chain.doFilter(new Known(request, caller.get()), response);
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

  private void report(HttpServletRequest request, Failure failure) {
    log.warn(
        "A wrong token came from {} with {} {}: number {}{}{}",
        peer(request),
        printable(request.getMethod()),
        printable(request.getRequestURI()),
        failure.failures(),
        failure.unheard() == 0
            ? ""
            : "; %d more from there were not looked at".formatted(failure.unheard()),
        failure.pause().isZero()
            ? ""
            : "; nothing from there is for %d ms".formatted(failure.pause().toMillis()));
  }

  private void refuse(HttpServletRequest request, HttpServletResponse response, Refusal refusal)
      throws IOException {
    count(refusal.why, 1);
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

  private void count(Why why, int more) {
    Counter.builder("monkey.access.refused")
        .description("Calls that were refused for want of a good token")
        .tag("reason", why.name().toLowerCase(java.util.Locale.ROOT))
        .register(meters)
        .increment(more);
  }

  private static String peer(HttpServletRequest request) {
    return String.valueOf(request.getRemoteAddr());
  }

  private static String printable(String text) {
    String plain = text.replaceAll("[^!-~]", "?");
    return plain.substring(0, Math.min(100, plain.length()));
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
