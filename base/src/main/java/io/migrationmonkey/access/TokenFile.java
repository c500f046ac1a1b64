package io.migrationmonkey.access;

import io.migrationmonkey.access.PrivateFile.Stamp;
import io.migrationmonkey.access.PrivateFile.Unfit;
import io.migrationmonkey.settings.RefusedSetting;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens as the file has them now. Where it has become unreadable or wrong, those that were
 * good before stay so, and the log says why.
 */
final class TokenFile {

  private static final Logger log = LoggerFactory.getLogger(TokenFile.class);

  private final PrivateFile file;
  private volatile Read last;

  private record Read(@Nullable Stamp stamp, Tokens tokens, @Nullable String complaint) {}

  /**
   * @throws RefusedSetting where it cannot be used
   */
  TokenFile(Path path) {
    file = new PrivateFile(path);
    try {
      last = read(file.stamp());
    } catch (Unfit e) {
      throw new RefusedSetting(
          "monkey.access.tokens",
          path,
          "a file of mode 0600 with lines of 'ROLE NAME TOKEN' (see docs/security.md)",
          e.why());
    }
  }

  Optional<Caller> find(byte[] digest) {
    return current().find(digest);
  }

  private Tokens current() {
    Read read = last;
    try {
      Stamp now = file.stamp();
      return now.equals(read.stamp) ? read.tokens : readAgain(now);
    } catch (Unfit e) {
      complain(null, e.why());
      return last.tokens;
    }
  }

  private synchronized Tokens readAgain(Stamp now) {
    if (!now.equals(last.stamp)) {
      try {
        last = read(now);
        log.info("{} has changed: {} tokens are good now", file, last.tokens.size());
      } catch (Unfit e) {
        complain(now, e.why());
      }
    }
    return last.tokens;
  }

  private synchronized void complain(@Nullable Stamp stamp, String why) {
    if (!why.equals(last.complaint)) {
      log.error("{} is of no use: {}. The tokens that were good before stay so", file, why);
    }
    last = new Read(stamp, last.tokens, why);
  }

  private Read read(Stamp stamp) throws Unfit {
    try {
      return new Read(stamp, Tokens.read(file.text()), null);
    } catch (IllegalArgumentException e) {
      throw new Unfit(String.valueOf(e.getMessage()));
    }
  }
}
