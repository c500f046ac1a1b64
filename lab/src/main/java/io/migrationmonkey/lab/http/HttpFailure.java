package io.migrationmonkey.lab.http;

import java.io.IOException;

/** An exchange that did not end in a whole, well-formed answer. */
public final class HttpFailure extends IOException {

  private static final long serialVersionUID = 1L;

  HttpFailure(String message) {
    super(message);
  }

  HttpFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
