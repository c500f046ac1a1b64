package io.migrationmonkey.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tokens that are good now. It keeps their digests alone. */
final class Tokens {

  /** What a token looks like: that of RFC 6750, and long enough not to be guessed. */
  static final Pattern SHAPE = Pattern.compile("[A-Za-z0-9._~+/-]{32,256}=*");

  private static final Pattern LINE = Pattern.compile("(\\S+)\\s+(\\S+)\\s+(\\S+)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._@-]{1,64}");
  private static final Pattern DIGEST = Pattern.compile("sha256:([0-9a-f]{64})");
  private static final int MOST = 200;

  private final List<Token> all;

  private record Token(Caller caller, byte[] digest) {}

  private Tokens(List<Token> all) {
    this.all = List.copyOf(all);
  }

  /**
   * Reads lines of {@code ROLE NAME TOKEN}; TOKEN may be {@code sha256:} and its digest in hex.
   *
   * @throws IllegalArgumentException naming the line that is wrong, without what it says
   */
  static Tokens read(String text) {
    List<Token> tokens = new ArrayList<>();
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (!line.isEmpty() && !line.startsWith("#")) {
        try {
          tokens.add(token(line));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException("line %d: %s".formatted(number, e.getMessage()));
        }
      }
    }
    if (tokens.isEmpty() || tokens.size() > MOST) {
      throw new IllegalArgumentException(
          "it has %d tokens, and 1 to %d are allowed".formatted(tokens.size(), MOST));
    }
    return new Tokens(tokens);
  }

  private static Token token(String line) {
    Matcher words = LINE.matcher(line);
    if (!words.matches()) {
      throw new IllegalArgumentException("it is not 'ROLE NAME TOKEN'");
    }
    Role role = Role.named(words.group(1));
    if (!NAME.matcher(words.group(2)).matches()) {
      throw new IllegalArgumentException(
          "its name is not 1 to 64 letters, digits, dots, dashes, underscores or @");
    }
    return new Token(new Caller(role, words.group(2)), readDigest(words.group(3)));
  }

  private static byte[] readDigest(String word) {
    Matcher digest = DIGEST.matcher(word);
    if (digest.matches()) {
      return HexFormat.of().parseHex(digest.group(1));
    }
    if (!SHAPE.matcher(word).matches()) {
      throw new IllegalArgumentException(
          "its token is not 32 to 256 characters of A-Z a-z 0-9 . _ ~ + / -, nor 'sha256:' with 64"
              + " hex digits");
    }
    return digest(word);
  }

  /** Whose token it is. Every one is compared, each in the same time whatever agrees. */
  Optional<Caller> find(byte[] presented) {
    Optional<Caller> found = Optional.empty();
    for (Token token : all) {
      if (MessageDigest.isEqual(token.digest, presented)) {
        found = Optional.of(token.caller);
      }
    }
    return found;
  }

  int size() {
    return all.size();
  }

  static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
