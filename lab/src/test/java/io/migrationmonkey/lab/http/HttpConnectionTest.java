package io.migrationmonkey.lab.http;

import static io.migrationmonkey.lab.http.ScriptedServer.HANG_UP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpConnectionTest {

  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

  @Test
  void severalRequestsShareOneConnection() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(OK, OK, OK);
        HttpConnection connection = connection(server)) {
      for (int i = 0; i < 3; i++) {
        assertThat(connection.send(Request.get("/"), DEADLINE).body()).isEqualTo("ok");
      }
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void aRequestCarriesItsBodyAndItsLength() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.answering(
                "HTTP/1.1 201 Created\r\nX-Served-By: backup\r\nContent-Length: 0\r\n\r\n");
        HttpConnection connection = connection(server)) {
      Answer answer = connection.send(Request.post("/entries", "{\"text\":\"ä\"}"), DEADLINE);
      assertThat(answer.status()).isEqualTo(201);
      assertThat(answer.header("x-served-by")).contains("backup");
      assertThat(server.requests().getFirst())
          .startsWith("POST /entries HTTP/1.1\r\nHost: 127.0.0.1:" + server.port())
          .contains("Content-Length: 13\r\n")
          .endsWith("\r\n\r\n{\"text\":\"ä\"}");
    }
  }

  @Test
  void chunksInterimAnswersAndTrailersMakeOneAnswer() throws IOException {
    String chunked =
        "HTTP/1.1 103 Early Hints\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nDigest: none\r\n\r\n";
    try (ScriptedServer server = ScriptedServer.answering(chunked, OK);
        HttpConnection connection = connection(server)) {
      assertThat(connection.send(Request.get("/"), DEADLINE).body()).isEqualTo("abcde");
      assertThat(connection.send(Request.get("/"), DEADLINE).body()).isEqualTo("ok");
      assertThat(server.connections()).isEqualTo(1);
    }
  }

  @Test
  void anAnswerWithoutABodyNeedsNoLength() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering("HTTP/1.1 204 No Content\r\n\r\n", OK);
        HttpConnection connection = connection(server)) {
      assertThat(connection.send(Request.get("/"), DEADLINE).body()).isEmpty();
      assertThat(connection.send(Request.get("/"), DEADLINE).body()).isEqualTo("ok");
    }
  }

  @Test
  void afterConnectionCloseTheNextRequestGetsANewConnection() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.answering(
                "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", OK);
        HttpConnection connection = connection(server)) {
      connection.send(Request.get("/"), DEADLINE);
      assertThat(connection.send(Request.get("/"), DEADLINE).body()).isEqualTo("ok");
      assertThat(server.connections()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                                 | instead of an answer",
        "HTTP/1.1 200 OK~Content-                                           | within a line",
        "HTTP/1.1 200 OK~Content-Length: 10~~12345                          | broke off after 5 bytes, 5 short",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~5~abc                  | broke off after 3 bytes, 2 short",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~                 | instead of an answer",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abc~x~               | not the size of a chunk",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3~abcd~0~~             | longer than it says",
        "HTTP/1.1 200 OK~Content-Length: two~~ok                            | Content-Length is 'two'",
        "HTTP/1.1 200 OK~~until the end                                     | neither length nor chunks",
        "HTTP/1.1 200 OK~no header~~                                        | not a header",
        "SSH-2.0-OpenSSH_9.2~~                                              | not the status line",
      })
  void whatIsNotAWholeAnswerIsAFailure(String bytes, String complaint) throws IOException {
    try (ScriptedServer server =
            ScriptedServer.answering(bytes.replace("~", "\r\n") + HANG_UP, OK);
        HttpConnection connection = connection(server)) {
      assertThatExceptionOfType(HttpFailure.class)
          .isThrownBy(() -> connection.send(Request.get("/"), DEADLINE))
          .withMessageContaining(complaint);
      assertThat(server.requests()).as("sent once, never again").hasSize(1);
      assertThat(connection.send(Request.get("/"), DEADLINE).body())
          .as("the next request gets a new connection")
          .isEqualTo("ok");
    }
  }

  @Test
  void aConnectionThatDiedWhileIdleIsAFailureAndNotRepeated() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering(OK + HANG_UP, OK);
        HttpConnection connection = connection(server)) {
      connection.send(Request.get("/"), DEADLINE);
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> connection.send(Request.get("/"), DEADLINE));
    }
  }

  @Test
  void silenceEndsWithTheDeadline() throws IOException {
    try (ScriptedServer server = ScriptedServer.answering("");
        HttpConnection connection = connection(server)) {
      assertThatExceptionOfType(HttpFailure.class)
          .isThrownBy(() -> connection.send(Request.get("/"), Duration.ofMillis(150)))
          .withMessageContaining("no whole answer within 150 ms");
    }
  }

  @Test
  void aRefusedConnectionSaysWhere() throws IOException {
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    try (HttpConnection connection = new HttpConnection("127.0.0.1", port)) {
      assertThatExceptionOfType(HttpFailure.class)
          .isThrownBy(() -> connection.send(Request.get("/"), DEADLINE))
          .withMessageContaining("can't connect to 127.0.0.1:" + port)
          .withMessageContaining("refused");
    }
  }

  @Test
  void aServerErrorIsAnAnswer() throws IOException {
    try (ScriptedServer server =
            ScriptedServer.answering("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nbusy");
        HttpConnection connection = connection(server)) {
      assertThat(connection.send(Request.get("/"), DEADLINE)).hasToString("503 busy");
    }
  }

  private static HttpConnection connection(ScriptedServer server) {
    return new HttpConnection("127.0.0.1", server.port());
  }
}
