package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks at files of a server by their paths. Changes nothing. */
record ReadStandbyFiles(List<String> paths) implements RemoteCommand<StandbyFiles> {

  @Override
  public Invocation invocation() {
    return Invocation.script(
            "# look at the files that go with the packages\n"
                + Apt.MODESTLY
                + """
                export LC_ALL=C.UTF-8
                echo '#files'
                xargs -0 -r sha256sum -- 2>/dev/null || true
                echo '#agreed'
                cat "$1" 2>/dev/null || true
                """
                + Conffile.SCRIPT,
            RememberAgreed.FILE)
        .withInput(String.join("\0", paths))
        .within(Duration.ofMinutes(2));
  }

  @Override
  public StandbyFiles parse(Output output) {
    Sections sections =
        new Sections(output.stdout(), "files", "agreed", "conffiles", "md5", "sha256");
    Map<String, Conffile> conffiles = Conffile.parse(sections);
    return new StandbyFiles(
        Conffile.sums(sections.lines("files")),
        conffiles.values().stream()
            .filter(c -> !c.changed())
            .map(Conffile::path)
            .collect(Collectors.toSet()),
        Conffile.sums(sections.lines("agreed")));
  }
}
