package io.migrationmonkey.migrator.ssh;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts.BadHostEntry;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts.CommentEntry;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts.KnownHostEntry;
import org.jspecify.annotations.Nullable;

/**
 * The pinned host keys, of which Ed25519 and RSA count. A line that cannot be read is an error, not
 * a line left out.
 */
final class KnownHosts {

  /** What the pinned keys say to a key that a server shows. */
  enum Verdict {
    PINNED,
    UNKNOWN,
    CHANGED
  }

  // Right lines, as ssh-keyscan prints them beside the others, with keys that we do not speak.
  private static final Pattern UNUSABLE =
      Pattern.compile("[^@\\s]\\S*\\s+(ecdsa-sha2-|ssh-dss|sk-)\\S*\\s+[A-Za-z0-9+/=]+(\\s.*)?");

  private final List<KnownHostEntry> entries;

  private KnownHosts(List<KnownHostEntry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * @throws IllegalArgumentException naming the file and the line that is no host key
   */
  static KnownHosts read(Path file) {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the pinned host keys in " + file, e);
    }
    List<KnownHostEntry> entries = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (!line.isEmpty() && !line.startsWith("#") && !UNUSABLE.matcher(line).matches()) {
        entries.add(entry(line, file, i + 1));
      }
    }
    return new KnownHosts(entries);
  }

  Verdict judge(String address, int port, PublicKey key) {
    List<KnownHostEntry> pinned = pinnedFor(address, port).toList();
    if (pinned.isEmpty()) {
      return Verdict.UNKNOWN;
    }
    return pinned.stream().anyMatch(entry -> verify(entry, key)) ? Verdict.PINNED : Verdict.CHANGED;
  }

  /**
   * The signature algorithms of the pinned keys: the ones to ask for, or a server with several host
   * keys shows one that is not pinned.
   */
  List<String> algorithms(String address, int port) {
    return pinnedFor(address, port)
        .flatMap(entry ->
            entry.getType() == KeyType.RSA
                ? Stream.of("rsa-sha2-512", "rsa-sha2-256")
                : Stream.of(entry.getType().toString()))
        .distinct()
        .toList();
  }

  private Stream<KnownHostEntry> pinnedFor(String address, int port) {
    String host = address.toLowerCase(Locale.ROOT);
    String name = port == 22 ? host : "[%s]:%d".formatted(host, port);
    return entries.stream().filter(entry -> appliesTo(entry, name));
  }

  private static boolean appliesTo(KnownHostEntry entry, String name) {
    try {
      return entry.appliesTo(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean verify(KnownHostEntry entry, PublicKey key) {
    try {
      return entry.verify(key);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // One line at a time, because sshj passes over a line that it cannot read.
  private static KnownHostEntry entry(String line, Path file, int number) {
    if (line.startsWith("@")) {
      // Revoked keys and certificate authorities: what we do not honour, we do not accept.
      throw malformed(file, number, null);
    }
    List<KnownHostEntry> entries;
    try {
      entries = new OpenSSHKnownHosts(new StringReader(line), new SshjLoggers()).entries();
    } catch (IOException | RuntimeException e) {
      throw malformed(file, number, e);
    }
    if (entries.size() != 1
        || entries.getFirst() instanceof BadHostEntry
        || entries.getFirst() instanceof CommentEntry) {
      throw malformed(file, number, null);
    }
    return entries.getFirst();
  }

  private static IllegalArgumentException malformed(
      Path file, int number, @Nullable Exception cause) {
    return new IllegalArgumentException(
        "line %d of %s is no host key: it must read 'host key-type key', as ssh-keyscan prints it"
            .formatted(number, file),
        cause);
  }
}
