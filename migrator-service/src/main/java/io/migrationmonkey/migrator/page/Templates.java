package io.migrationmonkey.migrator.page;

import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/** The templates of the page. Whatever is put into one is escaped. */
@Component
class Templates {

  private static final String FOLDER = "/page/";

  private final Assets assets;
  private final Map<String, Template> compiled = new ConcurrentHashMap<>();
  private final Mustache.Compiler compiler =
      Mustache.compiler()
          .withLoader(Templates::open)
          .strictSections(true)
          .emptyStringIsFalse(true)
          .nullValue("");

  Templates(Assets assets) {
    this.assets = assets;
  }

  String render(String name, Object view) {
    StringWriter out = new StringWriter();
    compiled
        .computeIfAbsent(name, missing -> compiler.compile(read(missing)))
        .execute(view, assets, out);
    return out.toString();
  }

  private static Reader open(String name) {
    return new StringReader(read(name));
  }

  private static String read(String name) {
    String path = FOLDER + name + ".mustache";
    try (InputStream in = Templates.class.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalArgumentException("no template " + path);
      }
      try (Reader reader = new InputStreamReader(in, StandardCharsets.UTF_8)) {
        return reader.readAllAsString();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
