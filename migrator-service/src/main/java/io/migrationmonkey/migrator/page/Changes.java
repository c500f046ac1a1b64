package io.migrationmonkey.migrator.page;

import io.migrationmonkey.migrator.page.Regions.Region;
import io.migrationmonkey.migrator.web.EventStreams;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells open pages which of their regions are others now, as server-sent events: {@code regions}
 * with name and version of each, {@code beat} while nothing changes, {@code ended} once the session
 * has.
 */
@Component
class Changes implements DisposableBean {

  private static final Duration EVERY = Duration.ofSeconds(1);
  private static final int QUIET_ROUNDS = 3;

  private final Sessions sessions;
  private final EventStreams streams = new EventStreams(32, Duration.ofHours(1));

  Changes(Sessions sessions) {
    this.sessions = sessions;
  }

  /** Empty where too many look already. */
  Optional<SseEmitter> follow(Session session, Function<Session, List<Region>> regions) {
    return streams.open(emitter -> tell(session.key(), regions, emitter));
  }

  private void tell(String key, Function<Session, List<Region>> regions, SseEmitter emitter)
      throws IOException, InterruptedException {
    Map<String, String> sent = Map.of();
    int quiet = 0;
    while (true) {
      Optional<Session> session = sessions.again(key);
      if (session.isEmpty()) {
        emitter.send(SseEmitter.event().name("ended").data("the session has ended"));
        return;
      }
      Map<String, String> now = versions(regions.apply(session.get()));
      if (!now.equals(sent)) {
        emitter.send(event("regions", JsonMapper.shared().writeValueAsString(now)));
        sent = now;
        quiet = 0;
      } else if (++quiet == QUIET_ROUNDS) {
        emitter.send(event("beat", "{}"));
        quiet = 0;
      }
      Thread.sleep(EVERY);
    }
  }

  private static SseEmitter.SseEventBuilder event(String name, String json) {
    return SseEmitter.event().name(name).data(json, MediaType.TEXT_PLAIN);
  }

  private static Map<String, String> versions(List<Region> regions) {
    Map<String, String> versions = new LinkedHashMap<>();
    regions.forEach(region -> versions.put(region.name(), region.version()));
    return versions;
  }

  @Override
  public void destroy() {
    streams.destroy();
  }
}
