package io.migrationmonkey.access;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an Authorization header presents.
 *
 * @param basic whether it came as the password of HTTP's Basic scheme, which a browser remembers
 *     and sends by itself
 */
record Credential(byte[] digest, boolean basic) {

  private static final int LONGEST = 1024;
  private static final Pattern HEADER = Pattern.compile("([A-Za-z]+) +(\\S+)");

  /** Nothing where it is no token of either scheme. */
  static Optional<Credential> of(String header) {
    if (header.length() > LONGEST) {
      return Optional.empty();
    }
    Matcher words = HEADER.matcher(header.strip());
    if (!words.matches()) {
      return Optional.empty();
    }
    boolean basic = words.group(1).equalsIgnoreCase("basic");
    if (!basic && !words.group(1).equalsIgnoreCase("bearer")) {
      return Optional.empty();
    }
    String token = basic ? password(words.group(2)) : words.group(2);
    return Tokens.SHAPE.matcher(token).matches()
        ? Optional.of(new Credential(Tokens.digest(token), basic))
        : Optional.empty();
  }

  private static String password(String encoded) {
    try {
      String login = new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
      return login.substring(login.indexOf(':') + 1);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
