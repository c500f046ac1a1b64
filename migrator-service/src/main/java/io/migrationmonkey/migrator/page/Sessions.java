package io.migrationmonkey.migrator.page;

import io.migrationmonkey.access.Caller;
import io.migrationmonkey.access.Gatekeeper;
import io.migrationmonkey.access.Gatekeeper.Pass;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Who is logged in. Kept in memory alone, by the digest of what the cookie holds: a restart of the
 * migrator ends all of them. A session ends with its token, and {@link #LONGEST} after its
 * beginning.
 */
@Component
class Sessions {

  static final Duration LONGEST = Duration.ofHours(12);

  /** The oldest makes room for one more. */
  static final int AT_ONCE = 200;

  private final Function<Pass, Optional<Caller>> whose;
  private final Clock clock;
  private final Map<String, Kept> kept = new LinkedHashMap<>();

  private record Kept(Pass pass, String name, Secret csrf, Instant until) {}

  @Autowired
  Sessions(Gatekeeper gatekeeper, Clock clock) {
    this(gatekeeper::whose, clock);
  }

  /**
   * @param whose the token that a pass stands for is now
   */
  Sessions(Function<Pass, Optional<Caller>> whose, Clock clock) {
    this.whose = whose;
    this.clock = clock;
  }

  /** Begins one, and answers what the cookie is to hold. */
  synchronized Secret begin(Caller caller, Pass pass) {
    Instant now = clock.instant();
    kept.values().removeIf(session -> !now.isBefore(session.until));
    while (kept.size() >= AT_ONCE) {
      kept.remove(kept.keySet().iterator().next());
    }
    Secret id = Secret.fresh();
    kept.put(
        Secret.digest(id.reveal()),
        new Kept(pass, caller.name(), Secret.fresh(), now.plus(LONGEST)));
    return id;
  }

  /** The session of whoever shows that cookie. */
  Optional<Session> find(String cookie) {
    return again(Secret.digest(cookie));
  }

  /** The session of that key, if it still stands. */
  synchronized Optional<Session> again(String key) {
    Kept session = kept.get(key);
    if (session == null) {
      return Optional.empty();
    }
    Optional<Caller> caller =
        clock.instant().isBefore(session.until)
            ? whose.apply(session.pass).filter(now -> now.name().equals(session.name))
            : Optional.empty();
    if (caller.isEmpty()) {
      kept.remove(key);
    }
    return caller.map(now -> new Session(now, session.csrf, key));
  }

  synchronized void end(String key) {
    kept.remove(key);
  }

  synchronized int size() {
    return kept.size();
  }
}
