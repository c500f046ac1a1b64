package io.migrationmonkey.lab.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request as it goes over the wire.
 *
 * @param path with its query, as it is sent
 * @param headers besides {@code Host} and {@code Content-Length}, which the connection adds
 * @param body JSON, or empty for none
 */
public record Request(String method, String path, Map<String, String> headers, String body) {

  public static Request get(String path) {
    return new Request("GET", path, Map.of(), "");
  }

  public static Request post(String path, String json) {
    return new Request("POST", path, Map.of("Content-Type", "application/json"), json);
  }

  public Request with(String header, String value) {
    Map<String, String> more = new LinkedHashMap<>(headers);
    more.put(header, value);
    return new Request(method, path, more, body);
  }

  byte[] bytes(String host) {
    byte[] content = body.getBytes(StandardCharsets.UTF_8);
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(path).append(" HTTP/1.1\r\n");
    head.append("Host: ").append(host).append("\r\n");
    headers.forEach((name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
    if (content.length > 0 || method.equals("POST")) {
      head.append("Content-Length: ").append(content.length).append("\r\n");
    }
    head.append("\r\n");
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    all.writeBytes(content);
    return all.toByteArray();
  }

  @Override
  public String toString() {
    return method + " " + path;
  }
}
