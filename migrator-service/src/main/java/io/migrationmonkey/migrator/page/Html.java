package io.migrationmonkey.migrator.page;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;

/** Answers of the page. */
final class Html {

  private static final MediaType TYPE = new MediaType("text", "html", StandardCharsets.UTF_8);

  private Html() {}

  static ResponseEntity<String> of(int status, String html) {
    return ResponseEntity.status(status).contentType(TYPE).body(html);
  }

  /** Has the browser look there, by GET: reloading does nothing twice. */
  static ResponseEntity<String> see(String path) {
    return ResponseEntity.status(HttpStatus.SEE_OTHER).location(URI.create(path)).build();
  }
}
