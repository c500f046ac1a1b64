package io.migrationmonkey.migrator.page;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.springframework.stereotype.Component;

/**
 * The files that never change while this version runs. Their addresses change with what is in them,
 * so that a browser may keep them.
 */
@Component
final class Assets {

  private final byte[] css = read("page.css");
  private final byte[] script = read("page.js");
  private final byte[] icon = read("icon.svg");

  byte[] css() {
    return css;
  }

  byte[] script() {
    return script;
  }

  byte[] icon() {
    return icon;
  }

  String cssPath() {
    return path("page.css", css);
  }

  String scriptPath() {
    return path("page.js", script);
  }

  String iconPath() {
    return path("icon.svg", icon);
  }

  private static String path(String name, byte[] content) {
    String text = new String(content, java.nio.charset.StandardCharsets.UTF_8);
    return "/page/%s?v=%s".formatted(name, Secret.digest(text).substring(0, 12));
  }

  private static byte[] read(String name) {
    try (InputStream in = Assets.class.getResourceAsStream("/page/static/" + name)) {
      if (in == null) {
        throw new IllegalStateException("the page lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
