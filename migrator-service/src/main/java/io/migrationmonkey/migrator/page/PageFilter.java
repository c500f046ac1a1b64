package io.migrationmonkey.migrator.page;

import io.migrationmonkey.access.Role;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door of the page: headers on everything, a session before everything but the form that begins
 * one, and for what changes something also the proof that a form of ours sent it.
 */
final class PageFilter extends HttpFilter {

  static final String COOKIE = "monkey-session";
  static final String SESSION = "io.migrationmonkey.migrator.page.session";

  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(PageFilter.class);

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

  private final transient PagePaths paths;
  private final transient Sessions sessions;
  private final transient Templates templates;

  PageFilter(PagePaths paths, Sessions sessions, Templates templates) {
    this.paths = paths;
    this.sessions = sessions;
    this.templates = templates;
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    String path = request.getRequestURI();
    if (!paths.guards(path)) {
      chain.doFilter(request, response);
      return;
    }
    secure(response);
    if (!PagePaths.asset(path)) {
      response.setHeader("Cache-Control", "no-store");
    }
    boolean looks = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
    if (!looks && !Origin.ours(request)) {
      refuse(
          request,
          response,
          "This did not come from this page: your browser says that another site sent it, or does not"
              + " say who did. Nothing was done.");
      return;
    }
    if (PagePaths.open(path)) {
      chain.doFilter(request, response);
      return;
    }
    Optional<Session> session = cookie(request).flatMap(sessions::find);
    if (session.isEmpty()) {
      if (PagePaths.forScript(path)) {
        response.setStatus(HttpServletResponse.SC_UNAUTHORIZED);
      } else {
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", PagePaths.LOGIN + (looks ? "" : "?ended"));
      }
      return;
    }
    if (!looks && !session.get().csrf().is(request.getParameter("csrf"))) {
      refuse(
          request,
          response,
          "This form is not from your present session: open the page again and send it from there."
              + " Nothing was done.");
      return;
    }
    if (!looks && !path.equals("/page/logout") && session.get().caller().role() != Role.OPERATING) {
      refuse(
          request,
          response,
          "'%s' is a token for viewing. This needs one for operating. Nothing was done."
              .formatted(session.get().caller().name()));
      return;
    }
    request.setAttribute(SESSION, session.get());
    chain.doFilter(request, response);
  }

  private static void secure(HttpServletResponse response) {
    response.setHeader("Content-Security-Policy", POLICY);
    response.setHeader("X-Content-Type-Options", "nosniff");
    // Not no-referrer: browsers then send 'Origin: null' with a form, and Origin is looked at.
    response.setHeader("Referrer-Policy", "same-origin");
    response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
  }

  private void refuse(HttpServletRequest request, HttpServletResponse response, String why)
      throws IOException {
    log.warn("The page refused {} from {}: {}", request.getMethod(), request.getRemoteAddr(), why);
    response.setStatus(HttpServletResponse.SC_FORBIDDEN);
    response.setContentType("text/html;charset=UTF-8");
    response
        .getOutputStream()
        .write(
            templates
                .render("refused", new Refused(Frame.closed("Not allowed"), why))
                .getBytes(StandardCharsets.UTF_8));
  }

  /** What a page that refuses says. */
  record Refused(Frame frame, String why) {}

  private static Optional<String> cookie(HttpServletRequest request) {
    Cookie @Nullable [] cookies = request.getCookies();
    return cookies == null
        ? Optional.empty()
        : Arrays.stream(cookies)
            .filter(cookie -> cookie.getName().equals(COOKIE))
            .map(Cookie::getValue)
            .findFirst();
  }
}
