package io.migrationmonkey.monitor.memory;

import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Reads the kernel's small files into one buffer, again and again: on a server that is short of
 * memory the reading itself should ask for none. Belongs to one thread.
 */
final class SmallFiles {

  private static final int LARGEST = 256 * 1024;

  private final Path root;
  private byte[] buffer = new byte[16 * 1024];
  private int length;

  SmallFiles(Path root) {
    this.root = root;
  }

  /** Takes a file into the buffer. False where there is none. */
  boolean load(Path file) throws UnreadableMemoryException {
    Path real = under(file);
    try (FileInputStream in = new FileInputStream(real.toFile())) {
      length = 0;
      for (int read; (read = in.read(buffer, length, buffer.length - length)) > 0; ) {
        length += read;
        if (length == buffer.length) {
          grow(file);
        }
      }
      return true;
    } catch (FileNotFoundException e) {
      if (!Files.exists(real)) {
        return false;
      }
      throw new UnreadableMemoryException("%s can't be read: %s".formatted(file, e), e);
    } catch (IOException e) {
      // A cgroup that was removed while it was read.
      throw new UnreadableMemoryException("%s can't be read: %s".formatted(file, e), e);
    }
  }

  /** The number behind a key that begins a line of the loaded file; empty where no line has it. */
  OptionalLong number(String key) {
    for (int start = 0; start < length; start = nextLine(start)) {
      if (begins(start, key)) {
        return numberAt(start + key.length());
      }
    }
    return OptionalLong.empty();
  }

  /** The number that follows a word in the line that begins so. */
  OptionalLong numberAfter(String lineStart, String word) {
    for (int start = 0; start < length; start = nextLine(start)) {
      if (begins(start, lineStart)) {
        int end = nextLine(start);
        for (int at = start; at + word.length() < end; at++) {
          if (matches(at, word)) {
            return numberAt(at + word.length());
          }
        }
      }
    }
    return OptionalLong.empty();
  }

  /** The loaded file as it is. */
  String text() {
    return new String(buffer, 0, length, StandardCharsets.UTF_8);
  }

  /** A whole file; null where there is none. */
  @Nullable String text(Path file) throws UnreadableMemoryException {
    return load(file) ? text() : null;
  }

  boolean isReadable(Path file) {
    return Files.isReadable(under(file));
  }

  private Path under(Path file) {
    return root.resolve(Path.of("/").relativize(file));
  }

  private void grow(Path file) throws UnreadableMemoryException {
    if (buffer.length >= LARGEST) {
      throw new UnreadableMemoryException("%s is larger than any such file".formatted(file));
    }
    buffer = java.util.Arrays.copyOf(buffer, buffer.length * 2);
  }

  private int nextLine(int start) {
    int at = start;
    while (at < length && buffer[at] != '\n') {
      at++;
    }
    return at + 1;
  }

  // The key is a whole word: what follows is a blank.
  private boolean begins(int start, String key) {
    int after = start + key.length();
    return after < length && isBlank(buffer[after]) && matches(start, key);
  }

  private boolean matches(int at, String word) {
    if (at + word.length() > length) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (buffer[at + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private OptionalLong numberAt(int from) {
    int at = from;
    while (at < length && isBlank(buffer[at])) {
      at++;
    }
    int first = at;
    long number = 0;
    for (; at < length && buffer[at] >= '0' && buffer[at] <= '9'; at++) {
      number = number * 10 + (buffer[at] - '0');
    }
    return at == first || at - first > 18 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  private static boolean isBlank(byte character) {
    return character == ' ' || character == '\t';
  }
}
