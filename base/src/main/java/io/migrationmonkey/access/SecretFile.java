package io.migrationmonkey.access;

import io.migrationmonkey.settings.RefusedSetting;
import java.nio.file.Path;

/** One secret of our own in a file, read anew at each use so that it can be changed meanwhile. */
public final class SecretFile {

  private final String property;
  private final Path path;

  /**
   * @param property that names the file
   */
  public SecretFile(String property, Path path) {
    this.property = property;
    this.path = path;
  }

  /**
   * The secret.
   *
   * @throws RefusedSetting where the file is missing, open to others, or has no token in it;
   *     without what it says
   */
  public String read() {
    try {
      PrivateFile file = new PrivateFile(path);
      file.stamp();
      String secret = file.text().strip();
      if (!Tokens.SHAPE.matcher(secret).matches()) {
        throw refused("it does not hold one token of 32 to 256 characters");
      }
      return secret;
    } catch (PrivateFile.Unfit e) {
      throw refused(e.why());
    }
  }

  private RefusedSetting refused(String why) {
    return new RefusedSetting(property, path, "a file of mode 0600 with one token in it", why);
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
