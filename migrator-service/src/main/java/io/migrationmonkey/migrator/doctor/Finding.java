package io.migrationmonkey.migrator.doctor;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

/**
 * One thing that was looked at.
 *
 * @param about a server's name, {@code both servers}, {@code traffic} or {@code redis}
 * @param what was found, in words
 * @param remedy what to do; null where all is well
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Finding(String about, Level level, String what, @Nullable String remedy) {

  /** How bad it is, the worst last. */
  public enum Level {
    @JsonProperty("ok")
    OK,
    /** A migration goes through all the same. */
    @JsonProperty("warning")
    WARNING,
    /** A migration would be refused or fail, or a promise would not hold. */
    @JsonProperty("problem")
    PROBLEM
  }

  static Finding ok(Object about, String what) {
    return new Finding(about.toString(), Level.OK, what, null);
  }

  static Finding warning(Object about, String what, String remedy) {
    return new Finding(about.toString(), Level.WARNING, what, remedy);
  }

  static Finding problem(Object about, String what, String remedy) {
    return new Finding(about.toString(), Level.PROBLEM, what, remedy);
  }
}
