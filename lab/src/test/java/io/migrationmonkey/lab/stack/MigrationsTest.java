package io.migrationmonkey.lab.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.migrationmonkey.lab.http.ScriptedServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MigrationsTest {

  private static final Duration BOUND = Duration.ofSeconds(5);
  private static final String VIEW =
      """
      {"id":"m-1","state":"SUCCEEDED","trigger":"monitor","from":"production","to":"backup",
       "reason":"memory","startedAt":"2026-01-01T02:00:00Z","endedAt":"2026-01-01T02:01:00Z",
       "steps":[{"name":"CHECK_SERVERS","outcome":"DONE","ms":812,"detail":"fine","colour":"red"}],
       "packagesInstalled":88,"bytesCopied":1234567,"requestsHeld":17,"longestStallMs":3100,
       "bootIdBefore":"a","bootIdAfter":"b","switch":"true","epoch":2,"later":{"more":[1]}}
      """
          .replace("\n", "");

  @Test
  void aViewIsReadWithWhateverElseItHolds() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(json("[" + VIEW + "]"), json(VIEW))) {
      MigrationView view = migrations(server).all().getFirst();
      assertThat(view.succeeded()).isTrue();
      assertThat(view.ended()).isTrue();
      assertThat(view.switchValue()).isEqualTo("true");
      assertThat(view.stepsSoFar())
          .containsExactly(new MigrationView.Step("CHECK_SERVERS", "DONE", 812L, "fine"));
    }
  }

  @Test
  void aViewThatHasJustBegunIsReadToo() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.answering(json("{\"id\":\"m-1\",\"state\":\"RUNNING\"}"))) {
      MigrationView view = migrations(server).one("m-1");
      assertThat(view.ended()).isFalse();
      assertThat(view.stepsSoFar()).isEmpty();
      assertThat(view.packagesInstalled()).isNull();
    }
  }

  @Test
  void theEventsAreToldUntilTheEnd() throws IOException {
    String stream =
        """
        : keep alive

        event: journal
        data: {"at":"2026-01-01T02:00:00Z","step":"COPY_DATA","kind":"STARTED","text":"first round"}

        event:journal
        id: 7
        data:{"kind":"PROGRESS","text":"half",
        data: "step":"COPY_DATA"}

        event: end
        data: %s

        """
            .formatted(VIEW);
    List<JournalEvent> told = new ArrayList<>();
    try (ScriptedServer server = ScriptedServer.answering(chunked(stream))) {
      assertThat(migrations(server).follow("m-1", BOUND, told::add))
          .map(MigrationView::epoch)
          .contains(2L);
    }
    assertThat(told)
        .containsExactly(
            new JournalEvent("2026-01-01T02:00:00Z", "COPY_DATA", "STARTED", "first round"),
            new JournalEvent(null, "COPY_DATA", "PROGRESS", "half"));
  }

  @Test
  void aStreamThatEndsWithoutTheEndSaysNothing() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.answering(chunked("event: journal\ndata: {}\n\n"))) {
      assertThat(migrations(server).follow("m-1", BOUND, event -> {})).isEmpty();
    }
  }

  @Test
  void aStreamThatBreaksOffIsAFailure() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.answering(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nevent: j"
                + ScriptedServer.HANG_UP)) {
      assertThatIOException()
          .isThrownBy(() -> migrations(server).follow("m-1", BOUND, event -> {}))
          .withMessageContaining("broke off");
    }
  }

  @Test
  void anUnknownMigrationIsToldWithWhatTheMigratorSays() throws IOException {
    try (ScriptedServer server =
        ScriptedServer.answering(
            "HTTP/1.1 404 Not Found\r\nContent-Length: 20\r\n\r\n{\"detail\":\"no such\"}")) {
      assertThatIOException()
          .isThrownBy(() -> migrations(server).one("m-9"))
          .withMessageContaining("GET /api/migrations/m-9 was answered with 404")
          .withMessageContaining("no such");
    }
  }

  private static Migrations migrations(ScriptedServer server) {
    return new Migrations("127.0.0.1", server.port(), () -> "Bearer t");
  }

  private static String json(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static String chunked(String body) {
    return "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        + Integer.toHexString(body.length())
        + "\r\n"
        + body
        + "\r\n0\r\n\r\n";
  }
}
