package io.migrationmonkey.monitor.restart;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What says that the application serves.
 *
 * @param url to be answered with 200; null where it is a command, which root's helper runs
 * @param timeout for one answer
 */
public record Health(@Nullable URI url, Duration timeout) {

  /** What is wrong; null when it is well. */
  static @Nullable String complaint(URI url, Duration timeout) {
    HttpURLConnection connection = null;
    try {
      connection = (HttpURLConnection) url.toURL().openConnection();
      connection.setConnectTimeout((int) timeout.toMillis());
      connection.setReadTimeout((int) timeout.toMillis());
      connection.setInstanceFollowRedirects(false);
      connection.setUseCaches(false);
      connection.setRequestProperty("Connection", "close");
      int status = connection.getResponseCode();
      return status == 200 ? null : "%s answers %d instead of 200".formatted(url, status);
    } catch (IOException e) {
      return "%s does not answer: %s".formatted(url, e.getMessage());
    } finally {
      if (connection != null) {
        connection.disconnect();
      }
    }
  }
}
