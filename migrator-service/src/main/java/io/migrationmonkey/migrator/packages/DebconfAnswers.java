package io.migrationmonkey.migrator.packages;

import io.migrationmonkey.migrator.ssh.Invocation;
import io.migrationmonkey.migrator.ssh.RemoteCommand;
import io.migrationmonkey.migrator.ssh.Run;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The answers that packages were given to their questions when they were installed. Passwords are
 * among them: they lie in files that root alone may read, for as long as it takes, and nobody
 * prints them.
 */
final class DebconfAnswers {

  private static final String FOLDER = "/var/cache/migration-monkey/debconf";
  static final List<String> FILES = List.of(FOLDER + "/seen", FOLDER + "/unseen");

  private DebconfAnswers() {}

  /** Writes the answers of these packages down, on the active server. */
  static RemoteCommand<String> collect(List<DebianPackage> packages) {
    return new Run(
        Invocation.script(
                "# collect the answers to debconf's questions\n"
                    + Apt.MODESTLY
                    + """
                    umask 077
                    mkdir -p "$1"
                    : >"$1/seen"
                    : >"$1/unseen"
                    [ -e /usr/share/perl5/Debconf/Db.pm ] || exit 0
                    exec perl -e '
                      use strict;
                      use Debconf::Db;
                      use Debconf::Question;
                      my $folder = shift;
                      my %wanted = map { chomp; $_ => 1 } <STDIN>;
                      Debconf::Db->load(readonly => "true");
                      open(my $seen, ">", "$folder/seen") or die;
                      open(my $unseen, ">", "$folder/unseen") or die;
                      my $questions = Debconf::Question->iterator;
                      while (my $q = $questions->iterate) {
                        my $value = $q->value;
                        next unless defined $value && $q->type =~ /^(select|multiselect|string|boolean|password)$/;
                        $value =~ s/\\n/\\\\\\n/g;
                        my $file = ($q->flag("seen") // "") eq "true" ? $seen : $unseen;
                        for my $owner (split /, /, $q->owners) {
                          my ($name) = split /:/, $owner;
                          print $file join(" ", $name, $q->name, $q->type, $value), "\\n" if $wanted{$name};
                        }
                      }
                      close($seen) && close($unseen) or die;
                    ' "$1"
                    """,
                FOLDER)
            .withInput(
                packages.stream()
                    .map(DebianPackage::name)
                    .distinct()
                    .collect(Collectors.joining("\n", "", "\n")))
            .within(Duration.ofMinutes(2)));
  }

  /** Gives them, on the standby. */
  static RemoteCommand<String> give() {
    return new Run(
        Invocation.script(
                """
                # give the answers to debconf's questions
                export LC_ALL=C.UTF-8
                said=$(mktemp)
                trap 'rm -rf "$said" "$1"' EXIT
                # What it complains about may quote a password.
                command -v debconf-set-selections >/dev/null || exit 0
                debconf-set-selections <"$1/seen" >"$said" 2>&1 &&
                  debconf-set-selections --unseen <"$1/unseen" >>"$said" 2>&1 ||
                  echo "debconf did not take all answers: it complained in $(wc -l <"$said") lines"
                """,
                FOLDER)
            .within(Duration.ofMinutes(2)));
  }

  /** Forgets them, on either server. */
  static RemoteCommand<String> forget() {
    return new Run(Invocation.of("rm", "-rf", FOLDER));
  }
}
