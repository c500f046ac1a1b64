package io.migrationmonkey.migrator.application;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.Output;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Which paths of a server hold the application's data, written down there: what somebody else has
 * put to a declared path is not overwritten.
 */
public final class Ownership {

  /** One path a line. */
  public static final String MARK = "/var/lib/migration-monkey/data-owner";

  private Ownership() {}

  /**
   * Some files under paths that are not ours yet and that nobody but a person or another program
   * can have put there: they belong to no package. An empty list means that all may be overwritten.
   * Changes nothing.
   */
  public record Strangers(DataSet data) implements RemoteCommand<List<String>> {

    private static final String SCRIPT =
        """
        my ($mark, $excludes, @paths) = @ARGV;
        my @excludes = splice @paths, 0, $excludes;
        my $excluded = @excludes ? do { my $any = join '|', map {"(?:$_)"} @excludes; qr/$any/s } : undef;
        my @ours;
        if (open my $in, '<', $mark) { chomp(@ours = <$in>) }
        @paths = grep { my $path = $_; lstat $path && !grep { index("$path/", "$_/") == 0 } grep { length } @ours } @paths;
        exit unless @paths;
        my %packaged;
        @ARGV = glob '/var/lib/dpkg/info/*.list';
        while (<>) { chomp; $packaged{$_} = 1 if m{^/(?:etc|opt|srv|var|usr)} }
        $/ = "\\0";
        open my $from, '-|', 'find', @paths, '!', '-type', 'd', '-print0' or die "find: $!\\n";
        my $found = 0;
        while (my $file = <$from>) {
            chomp $file;
            next if $packaged{$file} || ($excluded && "$file/" =~ $excluded && $file =~ $excluded);
            print "$file\\0";
            last if ++$found == 3;
        }
        """;

    @Override
    public Invocation invocation() {
      List<String> arguments =
          new ArrayList<>(
              List.of("perl", "-e", SCRIPT, MARK, Integer.toString(data.excludes().size())));
      data.excludes().forEach(exclude -> arguments.add(exclude.regex()));
      arguments.addAll(data.paths());
      return Invocation.of(arguments.toArray(String[]::new));
    }

    @Override
    public List<String> parse(Output output) {
      return output.stdout().isEmpty() ? List.of() : List.of(output.stdout().split("\0"));
    }
  }

  /** Writes down that these paths hold the application's data. */
  public static RemoteCommand<String> claim(List<String> paths) {
    return new Run(
        Invocation.script(
            """
            # notes whose the data is
            mkdir -p "$(dirname "$1")"
            mark=$1
            shift
            { [ ! -e "$mark" ] || cat "$mark"; printf '%s\\n' "$@"; } | sort -u > "$mark.new"
            mv "$mark.new" "$mark"
            """,
            Stream.concat(Stream.of(MARK), paths.stream()).toArray(String[]::new)));
  }
}
