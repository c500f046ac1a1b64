package io.migrationmonkey.migrator.page;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Whether a page of ours sent a request, as the browser says. */
final class Origin {

  private Origin() {}

  static boolean ours(HttpServletRequest request) {
    return ours(
        request.getHeader("Sec-Fetch-Site"),
        request.getHeader("Origin"),
        request.getHeader("Host"));
  }

  /** What browsers say of their own accord must agree, and one of them must say something. */
  static boolean ours(@Nullable String site, @Nullable String origin, @Nullable String host) {
    if (site != null && !site.equals("same-origin")) {
      return false;
    }
    return origin == null ? site != null : host != null && host.equals(authority(origin));
  }

  private static @Nullable String authority(String origin) {
    try {
      return URI.create(origin).getRawAuthority();
    } catch (IllegalArgumentException malformed) {
      return null;
    }
  }
}
