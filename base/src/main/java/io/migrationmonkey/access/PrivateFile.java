package io.migrationmonkey.access;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * A file with secrets in it: read only while nobody but its owner and group can get at it, and
 * small.
 */
final class PrivateFile {

  private static final int LARGEST = 64 * 1024;
  private static final int GROUP_WRITES = 0_020;
  private static final int OTHERS = 0_007;

  private final Path path;

  PrivateFile(Path path) {
    this.path = path;
  }

  /** What changes whenever the file does, also twice within a moment. */
  record Stamp(Map<String, Object> attributes) {}

  /**
   * @throws Unfit where it is not there, or others may read or change it
   */
  Stamp stamp() throws Unfit {
    Map<String, Object> now = attributes();
    int mode = (Integer) Objects.requireNonNull(now.get("mode"));
    if ((mode & (OTHERS | GROUP_WRITES)) != 0) {
      throw new Unfit(
          "its mode is %04o, so that others can get at it: chmod 600 %s"
              .formatted(mode & 07777, path));
    }
    return new Stamp(now);
  }

  String text() throws Unfit {
    try (InputStream in = Files.newInputStream(path)) {
      byte[] bytes = in.readNBytes(LARGEST + 1);
      if (bytes.length > LARGEST) {
        throw new Unfit("it is larger than %d bytes".formatted(LARGEST));
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new Unfit("it cannot be read (%s)".formatted(e.getClass().getSimpleName()));
    }
  }

  private Map<String, Object> attributes() throws Unfit {
    try {
      return Files.readAttributes(path, "unix:ino,ctime,size,mode");
    } catch (NoSuchFileException e) {
      throw new Unfit("there is no such file");
    } catch (IOException e) {
      throw new Unfit("it cannot be read (%s)".formatted(e.getClass().getSimpleName()));
    }
  }

  @Override
  public String toString() {
    return path.toString();
  }

  /** Why the file cannot be used; never what it says. */
  static final class Unfit extends Exception {

    private static final long serialVersionUID = 1L;

    Unfit(String why) {
      super(why);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }
}
