package io.migrationmonkey.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.migrationmonkey.lab.http.ScriptedServer;
import io.migrationmonkey.lab.stack.MigrationView;
import io.migrationmonkey.lab.stack.Migrations;
import io.migrationmonkey.lab.timeline.Timeline;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FollowerTest {

  private static final String FIRST =
      "event: journal\ndata: {\"step\":\"A\",\"kind\":\"DONE\",\"text\":\"one\"}\n\n";
  private static final String SECOND =
      "event: journal\ndata: {\"step\":\"B\",\"kind\":\"DONE\",\"text\":\"two\"}\n\n";
  private static final String END =
      "event: end\ndata: {\"id\":\"m-1\",\"state\":\"SUCCEEDED\"}\n\n";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void aBrokenStreamIsAskedAgainAndNothingIsToldTwice() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.answering(
                chunk(FIRST) + ScriptedServer.HANG_UP, chunk(FIRST + SECOND + END) + "0\r\n\r\n");
        Timeline timeline = Timeline.start(out, false, Clock.systemUTC(), Map::of)) {
      MigrationView view = follow(server, timeline, Duration.ofSeconds(20));
      assertThat(view.succeeded()).isTrue();
      assertThat(bytes.toString(StandardCharsets.UTF_8))
          .containsOnlyOnce("DONE one")
          .containsOnlyOnce("DONE two")
          .contains("lost the migrator's events, asking again");
    }
  }

  @Test
  void aMigrationThatDoesNotEndIsGivenUp() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering("");
        Timeline timeline = Timeline.start(out, false, Clock.systemUTC(), Map::of)) {
      assertThatIOException()
          .isThrownBy(() -> follow(server, timeline, Duration.ofMillis(300)))
          .withMessageContaining("for migration m-1 to end");
    }
  }

  private static MigrationView follow(ScriptedServer server, Timeline timeline, Duration bound)
      throws Exception {
    return new Follower(new Migrations("127.0.0.1", server.port(), () -> "Bearer t"), timeline)
        .follow("m-1", bound);
  }

  private static String chunk(String body) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + Integer.toHexString(body.length())
        + "\r\n"
        + body
        + "\r\n";
  }
}
