package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.packages.PortableFile.Kind;
import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.MalformedOutput;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lists a server's repositories, their keys, preferences and logins, and the configuration files of
 * its packages: each with its SHA-256. The lists of repositories are read, the others not. Changes
 * nothing.
 */
record ReadActiveFiles() implements RemoteCommand<ActiveFiles> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
            "# list what goes with the packages\n"
                + Apt.MODESTLY
                + """
                export LC_ALL=C.UTF-8
                # The names that apt reads: it passes over all others.
                named='/etc/apt/([a-z.]+/)?[A-Za-z0-9_.@+-]+'
                sources() {
                  find /etc/apt/sources.list /etc/apt/sources.list.d -maxdepth 1 -type f \
                    -regextype posix-extended -regex "$named" \
                    \\( -name '*.list' -o -name '*.sources' \\) -print0 2>/dev/null || true
                }
                all() {
                  sources
                  find /etc/apt/preferences /etc/apt/preferences.d /etc/apt/auth.conf /etc/apt/auth.conf.d \
                    /etc/apt/trusted.gpg /etc/apt/trusted.gpg.d /etc/apt/keyrings -maxdepth 1 -type f \
                    -regextype posix-extended -regex "$named" ! -name '*~' -print0 2>/dev/null || true
                  sources | xargs -0 -r sed -n \
                    -e 's/^[^#]*signed-by=\\([^] ]*\\).*/\\1/Ip' -e 's/^signed-by:[ \t]*\\(\\/.*\\)/\\1/Ip' |
                    tr ', \\t' '\\n\\n\\n' |
                    grep -xE '(/etc/apt|/usr/share|/usr/local/share)/keyrings/[A-Za-z0-9_.@+-]+' |
                    tr '\\n' '\\0' || true
                }
                echo '#files'
                all | sort -zu | xargs -0 -r sha256sum -- 2>/dev/null || true
                echo '#sources'
                sources | xargs -0 -r grep -H '' -- || true
                """
                + Conffile.SCRIPT)
        .within(Duration.ofMinutes(2));
  }

  @Override
  public ActiveFiles parse(Output output) {
    Sections sections =
        new Sections(output.stdout(), "files", "sources", "conffiles", "md5", "sha256");
    Map<String, Conffile> conffiles = Conffile.parse(sections);
    Map<String, SourceList> lists = lists(sections.lines("sources"));
    List<String> localSources = new ArrayList<>();
    lists.forEach((path, list) ->
        list.local().forEach(address -> localSources.add("%s in %s".formatted(address, path))));
    List<PortableFile> files = new ArrayList<>();
    new TreeMap<>(Conffile.sums(sections.lines("files")))
        .forEach((path, sha256) -> {
          SourceList list = lists.get(path);
          if (!conffiles.containsKey(path) && (list == null || !list.staysHere())) {
            files.add(file(kind(path), "", path, sha256, true));
          }
        });
    conffiles.values().stream()
        .sorted(Comparator.comparing(Conffile::path))
        .forEach(c -> files.add(file(Kind.CONFFILE, c.owner(), c.path(), c.sha256(), c.changed())));
    return new ActiveFiles(List.copyOf(files), List.copyOf(localSources));
  }

  /** As grep prints them: the path, a colon, the line. */
  private static Map<String, SourceList> lists(List<String> lines) {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        // Not quoted: an address may hold a password.
        throw new MalformedOutput("lines of apt's lists of repositories", "something else");
      }
      texts
          .computeIfAbsent(line.substring(0, colon), path -> new ArrayList<>())
          .add(line.substring(colon + 1));
    }
    Map<String, SourceList> lists = new LinkedHashMap<>();
    texts.forEach((path, text) -> lists.put(path, SourceList.read(path, text)));
    return lists;
  }

  private static Kind kind(String path) {
    if (path.startsWith("/etc/apt/sources.list")) {
      return Kind.SOURCES;
    }
    if (path.startsWith("/etc/apt/preferences")) {
      return Kind.PREFERENCES;
    }
    return path.startsWith("/etc/apt/auth.conf") ? Kind.LOGIN : Kind.KEY;
  }

  private static PortableFile file(
      Kind kind, String owner, String path, String sha256, boolean changed) {
    try {
      return new PortableFile(kind, owner, path, sha256, changed);
    } catch (IllegalArgumentException e) {
      MalformedOutput malformed = new MalformedOutput("a path and its SHA-256", path);
      malformed.initCause(e);
      throw malformed;
    }
  }
}
