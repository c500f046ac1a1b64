package io.migrationmonkey.settings;

import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

/** Which settings a service's records make. */
public final class SettingNames {

  private SettingNames() {}

  /**
   * One setting.
   *
   * @param name as one writes it; a list's ends with {@code []}
   * @param type of its value
   * @param byDefault empty where it has no default
   * @param record that takes it
   * @param component of the record
   */
  public record Setting(
      String name, Type type, String byDefault, Class<?> record, String component) {

    /** Without dashes, capitals and brackets, in which one may write it as one likes. */
    String uniform() {
      return SettingNames.uniform(ConfigurationPropertyName.of(name.replace("[]", "")));
    }

    /** Whether whatever stands below it is its value too. */
    boolean open() {
      return type instanceof ParameterizedType generic && generic.getRawType() == Map.class;
    }
  }

  /** Those of a record that is annotated with its prefix. */
  public static List<Setting> of(Class<?> record) {
    ConfigurationProperties properties = record.getAnnotation(ConfigurationProperties.class);
    if (properties == null || !record.isRecord()) {
      return List.of();
    }
    List<Setting> settings = new ArrayList<>();
    collect(
        properties.prefix().isEmpty() ? properties.value() : properties.prefix(), record, settings);
    return settings;
  }

  private static void collect(String prefix, Class<?> record, List<Setting> settings) {
    RecordComponent[] components = record.getRecordComponents();
    @Nullable Parameter[] parameters = parameters(record, components.length);
    for (int i = 0; i < components.length; i++) {
      String name = prefix + "." + dashed(components[i].getName());
      Type type = components[i].getGenericType();
      boolean list =
          type instanceof ParameterizedType generic && generic.getRawType() == List.class;
      Type element = list ? ((ParameterizedType) type).getActualTypeArguments()[0] : type;
      String full = list ? name + "[]" : name;
      if (element instanceof Class<?> nested && nested.isRecord() && !isOneValue(nested)) {
        collect(full, nested, settings);
      } else {
        DefaultValue value =
            parameters[i] == null ? null : parameters[i].getAnnotation(DefaultValue.class);
        String byDefault = value == null ? "" : String.join(", ", value.value());
        settings.add(new Setting(full, type, byDefault, record, components[i].getName()));
      }
    }
  }

  private static @Nullable Parameter[] parameters(Class<?> record, int count) {
    Class<?>[] types =
        Arrays.stream(record.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return record.getDeclaredConstructor(types).getParameters();
    } catch (NoSuchMethodException e) {
      return new Parameter[count];
    }
  }

  /** Spring makes it of one text. */
  private static boolean isOneValue(Class<?> type) {
    return Arrays.stream(type.getDeclaredMethods())
        .anyMatch(method ->
            Modifier.isStatic(method.getModifiers())
                && List.of("of", "valueOf", "from").contains(method.getName())
                && Arrays.equals(method.getParameterTypes(), new Class<?>[] {String.class}));
  }

  private static String dashed(String component) {
    return component.replaceAll("([A-Z])", "-$1").toLowerCase(java.util.Locale.ROOT);
  }

  static String uniform(ConfigurationPropertyName name) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < name.getNumberOfElements(); i++) {
      if (!name.isNumericIndex(i)) {
        text.append(text.isEmpty() ? "" : ".").append(name.getElement(i, Form.UNIFORM));
      }
    }
    return text.toString();
  }
}
