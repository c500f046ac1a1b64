package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.MalformedOutput;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A configuration file that came with an installed package and is still there.
 *
 * @param changed whether somebody changed it since
 */
record Conffile(String owner, String path, String sha256, boolean changed) {

  /** Prints the files with dpkg's sums, then their sums today. */
  static final String SCRIPT =
      """
      conffiles() {
        dpkg-query -W -f='=${db:Status-Status} ${Package}\\n${Conffiles}\\n'
      }
      present() {
        conffiles | sed -n 's/^ \\(\\/etc\\/.*\\) [0-9a-f]\\{32\\}$/\\1/p' | tr '\\n' '\\0'
      }
      echo '#conffiles'
      conffiles
      echo '#md5'
      present | xargs -0 -r md5sum -- 2>/dev/null || true
      echo '#sha256'
      present | xargs -0 -r sha256sum -- 2>/dev/null || true
      """;

  private static final Pattern ENTRY = Pattern.compile(" (/etc/.*) ([0-9a-f]{32})");
  private static final Pattern SUM = Pattern.compile("([0-9a-f]{32,64})  (/.*)");

  /** By path. */
  static Map<String, Conffile> parse(Sections sections) {
    Map<String, String> md5 = sums(sections.lines("md5"));
    Map<String, String> sha256 = sums(sections.lines("sha256"));
    Map<String, Conffile> conffiles = new HashMap<>();
    String owner = "";
    boolean installed = false;
    for (String line : sections.lines("conffiles")) {
      Matcher entry = ENTRY.matcher(line);
      if (line.startsWith("=")) {
        installed = !line.startsWith("=config-files ") && !line.startsWith("=not-installed ");
        owner = line.substring(line.indexOf(' ') + 1);
      } else if (installed && entry.matches()) {
        String path = entry.group(1);
        if (!PortableFile.isPath(path)) {
          throw new MalformedOutput("a path of a configuration file of " + owner, path);
        }
        String sum = sha256.get(path);
        if (sum != null) {
          boolean changed = !entry.group(2).equals(md5.get(path));
          conffiles.put(path, new Conffile(owner, path, sum, changed));
        }
      }
    }
    return conffiles;
  }

  /** What md5sum and sha256sum print; they mark a strange name with a backslash in front. */
  static Map<String, String> sums(List<String> lines) {
    Map<String, String> sums = new HashMap<>();
    for (String line : lines) {
      Matcher sum = SUM.matcher(line);
      if (sum.matches()) {
        sums.put(sum.group(2), sum.group(1));
      }
    }
    return sums;
  }
}
