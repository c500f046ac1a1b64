package io.migrationmonkey.access;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.migrationmonkey.access.FailedLogins.Failure;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says whose token it is. Wrong ones are counted here, by whichever way they come in, so that
 * nobody guesses faster by trying several.
 */
public final class Gatekeeper {

  private static final Logger log = LoggerFactory.getLogger(Gatekeeper.class);

  private static final int LONGEST = 1024;

  private final TokenFile tokens;
  private final FailedLogins logins;
  private final MeterRegistry meters;

  Gatekeeper(TokenFile tokens, FailedLogins logins, MeterRegistry meters) {
    this.tokens = tokens;
    this.logins = logins;
    this.meters = meters;
    for (Why why : Why.values()) {
      count(why, 0);
    }
  }

  /** Why somebody was sent away. */
  enum Why {
    MISSING,
    MALFORMED,
    WRONG,
    SLOWED,
    ROLE
  }

  /** What became of a token. */
  public sealed interface Answer {

    /**
     * It is good.
     *
     * @param pass by which to ask later whether it still is
     */
    record Known(Caller caller, Pass pass) implements Answer {}

    /** Nobody's. */
    record Wrong() implements Answer {}

    /**
     * It was not looked at: too many wrong ones came from there.
     *
     * @param seconds to wait
     */
    record Slowed(long seconds) implements Answer {}
  }

  /** Stands for a token that was good once, without being it. */
  public static final class Pass {

    private final byte[] digest;

    private Pass(byte[] digest) {
      this.digest = digest;
    }
  }

  /** Whose token it is, as somebody typed or pasted it. */
  public Answer ask(String token, HttpServletRequest request) {
    String typed = token.strip();
    return ask(Tokens.digest(typed.substring(0, Math.min(LONGEST, typed.length()))), request);
  }

  Answer ask(byte[] digest, HttpServletRequest request) {
    Duration pause = logins.pause(request.getRemoteAddr(), digest);
    if (pause != null) {
      count(Why.SLOWED, 1);
      return new Answer.Slowed(pause.plusMillis(999).toSeconds());
    }
    Optional<Caller> caller = tokens.find(digest);
    if (caller.isEmpty()) {
      count(Why.WRONG, 1);
      report(request, logins.failed(request.getRemoteAddr(), digest));
      return new Answer.Wrong();
    }
    logins.succeeded(request.getRemoteAddr(), digest);
    return new Answer.Known(caller.get(), new Pass(Arrays.copyOf(digest, digest.length)));
  }

  /** Whose it is now: nobody's once its line has left the file. */
  public Optional<Caller> whose(Pass pass) {
    return tokens.find(pass.digest);
  }

  void count(Why why, int more) {
    Counter.builder("monkey.access.refused")
        .description("Calls that were refused for want of a good token")
        .tag("reason", why.name().toLowerCase(Locale.ROOT))
        .register(meters)
        .increment(more);
  }

  private static void report(HttpServletRequest request, Failure failure) {
    log.warn(
        "A wrong token came from {} with {} {}: number {}{}{}",
        request.getRemoteAddr(),
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

  private static String printable(String text) {
    String plain = text.replaceAll("[^!-~]", "?");
    return plain.substring(0, Math.min(100, plain.length()));
  }
}
