package io.migrationmonkey.migrator.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Tells what a migrator wrote from what somebody else wrote who got into Redis: each line ends with
 * an HMAC-SHA256 (RFC 2104) of the migration's id and the line. Its key comes from the migrator's
 * SSH key, which every migrator has and nobody else may have, so there is no other secret to keep.
 */
final class Seal {

  private static final String ALGORITHM = "HmacSHA256";

  /** Stands between a line and its seal; JSON has none. */
  private static final char END = '\n';

  private final SecretKeySpec key;

  /**
   * @param sshKey the migrator's private key
   */
  Seal(Path sshKey) {
    try {
      SecretKeySpec secret = new SecretKeySpec(Files.readAllBytes(sshKey), ALGORITHM);
      key = new SecretKeySpec(hmac(secret, "journal"), ALGORITHM);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the migrator's SSH key %s cannot be read".formatted(sshKey), e);
    }
  }

  /** The line with its seal. */
  String close(String migration, String line) {
    return line + END + seal(migration, line);
  }

  /** The line, where a migrator wrote it in this migration's journal. */
  Optional<String> open(String migration, String sealed) {
    int end = sealed.indexOf(END);
    if (end < 0) {
      return Optional.empty();
    }
    String line = sealed.substring(0, end);
    byte[] theirs = sealed.substring(end + 1).getBytes(StandardCharsets.UTF_8);
    byte[] ours = seal(migration, line).getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(ours, theirs) ? Optional.of(line) : Optional.empty();
  }

  private String seal(String migration, String line) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(hmac(key, migration + END + line));
  }

  private static byte[] hmac(SecretKeySpec key, String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has " + ALGORITHM, e);
    }
  }
}
