package io.migrationmonkey.migrator.application;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Which of the application's data moves, and how fast while the application serves.
 *
 * @param data as {@link ApplicationSettings} has it
 * @param exclude patterns as rsync's; what matches is neither copied nor compared nor measured, and
 *     on the standby it is left alone
 * @param bandwidthLimit at most this much is sent in a second while the application serves; 0 is no
 *     limit. The last changes, which requests wait for, are not slowed down
 */
@ConfigurationProperties("monkey.application")
public record DataSettings(
    List<String> data, List<String> exclude, @DefaultValue("0") DataSize bandwidthLimit) {

  public DataSettings {
    data = data == null ? List.of() : List.copyOf(data);
    exclude = exclude == null ? List.of() : List.copyOf(exclude);
    for (String pattern : exclude) {
      Exclude checked = new Exclude(pattern);
      for (String path : data) {
        if (checked.covers(path)) {
          throw new IllegalArgumentException(
              "monkey.application.exclude holds '%s', which leaves out all of %s: take that path out of monkey.application.data, or make the pattern narrower"
                  .formatted(pattern, path));
        }
      }
    }
    if (bandwidthLimit.isNegative()
        || (bandwidthLimit.toBytes() > 0 && bandwidthLimit.toKilobytes() == 0)) {
      throw new IllegalArgumentException(
          "monkey.application.bandwidth-limit is %s: it must be 0 for none, or 1KB a second or more, for example 20MB"
              .formatted(bandwidthLimit));
    }
  }

  /** What is copied, measured and compared. */
  public DataSet dataSet() {
    return new DataSet(data, exclude.stream().map(Exclude::new).toList());
  }
}
