package io.migrationmonkey.migrator.packages;

import java.util.regex.Pattern;

/**
 * One package at one version, spelled as Debian's policy has it; nothing else is let in, because
 * these words come from a server and go to another one's package tools.
 *
 * @param architecture such as {@code amd64}, or {@code all}
 */
public record DebianPackage(String name, String architecture, String version) {

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9+.-]{1,200}");
  private static final Pattern ARCHITECTURE = Pattern.compile("[a-z0-9][a-z0-9-]{0,40}");
  private static final Pattern VERSION =
      Pattern.compile("([0-9]{1,9}:)?[A-Za-z0-9][A-Za-z0-9.+:~-]{0,250}");

  public DebianPackage {
    require(NAME, name, "package name");
    require(ARCHITECTURE, architecture, "architecture");
    require(VERSION, version, "version");
  }

  static boolean isArchitecture(String text) {
    return ARCHITECTURE.matcher(text).matches();
  }

  /** What stays the same from version to version: {@code name:architecture}. */
  String key() {
    return name + ":" + architecture;
  }

  /** As apt-get takes it: {@code name:architecture=version}. */
  @Override
  public String toString() {
    return key() + "=" + version;
  }

  /** Where it lies once it has been repacked. */
  String repackedFile() {
    return "%s/%s_%s_%s.deb"
        .formatted(RepackPackages.FOLDER, name, version.replace(':', '_'), architecture);
  }

  private static void require(Pattern pattern, String text, String what) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("'%s' is no Debian %s".formatted(text, what));
    }
  }
}
