package io.migrationmonkey.settings;

import static org.assertj.core.api.Assertions.assertThat;

import io.migrationmonkey.docs.GeneratedPart;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;

/**
 * A service's part of docs/settings.md, made from its records and what their Javadoc says of each
 * component. With {@code -Ddocs.write=true} it is written, else compared.
 */
public final class SettingsPage {

  private SettingsPage() {}

  /**
   * @param service whose part it is, as in the page's marks
   * @param packages in which its records are
   */
  public static void check(String service, String... packages) throws Exception {
    GeneratedPart.check("settings.md", "settings of the " + service, table(packages));
  }

  private static String table(String... packages) throws Exception {
    List<SettingNames.Setting> settings = new ArrayList<>();
    for (Class<?> record : records(packages)) {
      settings.addAll(SettingNames.of(record));
    }
    // Two records may read the same setting, each for its own purpose.
    Map<String, SettingNames.Setting> byName = new TreeMap<>();
    settings.stream()
        .sorted(Comparator.comparing(setting -> setting.record().getName()))
        .forEach(setting -> byName.putIfAbsent(setting.name(), setting));
    StringBuilder table = new StringBuilder("| setting | default | what |\n|---|---|---|\n");
    for (SettingNames.Setting setting : byName.values()) {
      String words = words(setting.record()).get(setting.component());
      assertThat(words)
          .as("@param %s of %s".formatted(setting.component(), setting.record()))
          .isNotNull();
      table.append(
          "| `%s` | %s | %s%s |\n"
              .formatted(
                  setting.name(),
                  setting.byDefault().isEmpty() ? "" : "`" + setting.byDefault() + "`",
                  words,
                  kind(setting.type())));
    }
    return table.toString();
  }

  private static List<Class<?>> records(String... packages) throws ClassNotFoundException {
    var scanner = new ClassPathScanningCandidateComponentProvider(false);
    scanner.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
    List<Class<?>> found = new ArrayList<>();
    for (String each : packages) {
      for (var definition : scanner.findCandidateComponents(each)) {
        Class<?> type = Class.forName(definition.getBeanClassName());
        if (type.isRecord()) {
          found.add(type);
        }
      }
    }
    assertThat(found).isNotEmpty();
    return found;
  }

  /** What its values are, where the name and the default do not show it. */
  private static String kind(Type type) {
    if (type instanceof ParameterizedType generic && generic.getRawType() == List.class) {
      return kind(generic.getActualTypeArguments()[0]);
    }
    if (type == Duration.class) {
      return "; a time, such as `500ms`, `5s`, `2m`";
    }
    if (type instanceof Class<?> word && word.isEnum()) {
      return "; one of "
          + Arrays.stream(word.getEnumConstants())
              .map(constant ->
                  "`"
                      + constant.toString().toLowerCase(java.util.Locale.ROOT).replace('_', '-')
                      + "`")
              .collect(Collectors.joining(", "));
    }
    return "";
  }

  /** The components of a record by name, as its Javadoc explains them. */
  private static Map<String, String> words(Class<?> record) throws IOException {
    Class<?> outermost = record;
    while (outermost.getEnclosingClass() != null) {
      outermost = outermost.getEnclosingClass();
    }
    String path = "src/main/java/" + outermost.getName().replace('.', '/') + ".java";
    Path source = Files.exists(Path.of(path)) ? Path.of(path) : Path.of("..", "base", path);
    String code = Files.readString(source);
    Matcher declared =
        Pattern.compile(
                "\\n\\s*(public |private |protected |static )*record %s\\b"
                    .formatted(record.getSimpleName()))
            .matcher(code);
    assertThat(declared.find()).as("%s in %s".formatted(record, source)).isTrue();
    String before = code.substring(0, declared.start());
    int start = before.lastIndexOf("/**");
    Map<String, String> words = new LinkedHashMap<>();
    if (start >= 0 && before.indexOf("*/", start) > 0) {
      String doc =
          before.substring(start + 3, before.indexOf("*/", start)).replaceAll("\\n\\s*\\*", "\n");
      for (String part : doc.split("@param ")) {
        String[] nameAndText = part.strip().split("\\s+", 2);
        if (nameAndText.length == 2) {
          words.put(
              nameAndText[0],
              nameAndText[1]
                  .replaceAll("(?s)\\n\\s*@.*", "")
                  .replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
                  .replaceAll("\\s+", " ")
                  .replace("|", "\\|")
                  .strip());
        }
      }
    }
    return words;
  }
}
