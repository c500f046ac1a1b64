# What lies under the data paths, with a memory of contents: a file is read again only when find sees another
# inode, size, mode, owner, mtime or ctime. Needs perl-base, findutils and coreutils, which every Debian has.
#
#   survey.pl WHAT FOLDER EXCLUDES EXCLUDE... PATH...
#
# Lists are sorted and joined as streams, so that memory stays small however many files there are.
use strict;
use warnings;

my ($what, $folder, $excludes, @paths) = @ARGV;
my @excludes = splice @paths, 0, $excludes;
my $excluded = @excludes ? do { my $any = join '|', map {"(?:$_)"} @excludes; qr/$any/s } : undef;

# Where ctime tells of every change. Elsewhere (tmpfs, network) nothing is remembered.
my %honest = map { $_ => 1 } qw(ext2 ext3 ext4 xfs btrfs f2fs overlay);

# What was read so long ago is read again, but not in a hurry: a disk may have rotted.
my $old = 7 * 24 * 3600;

# A path holds no double slash, so that ends it. All that a hash depends on is in the rest.
my $format = '%p//%C@ %F %y %m %U %G %s %T@ %i %n %l\0';
my @fields = qw(ctime fs type mode uid gid size mtime inode links target);
my $header = join '//', '/', @excludes, '', @paths;

$ENV{LC_ALL} = 'C';
$/ = "\0";
if ($what ne 'measure') {
    my ($parent) = $folder =~ m{(.*)/};
    mkdir $parent, 0755;
    mkdir $folder, 0700 or $!{EEXIST} or die "$folder: $!\n";
}
umask 077;

# While the first round runs, the standby learns what is there by now.
@paths = grep { lstat } @paths if $what eq 'learn';
if (!@paths) { print "0 0\n"; exit }
for my $path (@paths) {
    lstat $path or die "$path does not exist\n";
}

sub path { return substr $_[0], 0, index $_[0], '//' }

sub fields {
    my %f;
    $f{path} = path($_[0]);
    chomp(my $rest = substr $_[0], 2 + length $f{path});
    @f{@fields} = split / /, $rest, @fields;
    return \%f;
}

# Whether a change after this moment will show.
sub sure {
    my ($ctime, $fs, $type) = split / /, $_[0], 4;
    return $type ne 'f' || ($honest{$fs} && int($ctime) < $_[1] - 1);
}

sub left_out { return "$_[0]/" =~ $excluded && ($_[1] eq 'd' || $_[0] =~ $excluded) }

sub sort_to {
    open my $to, '|-', 'sort', '-z', '-S', '32M', '-T', $folder, '-o', $_[0] or die "sort: $!\n";
    return $to;
}

# All there is, sorted; the name of the file that holds it.
sub scan {
    my $file = "$folder/scan-$what";
    open my $from, '-|', 'find', @paths, '-printf', $format or die "find: $!\n";
    my $to = sort_to($file);
    while (my $line = <$from>) {
        if ($excluded) {
            my $f = fields($line);
            next if left_out($f->{path}, $f->{type});
        }
        print $to $line;
    }

    # find complains of what vanishes while it looks, and that is no failure.
    close $from;
    close $to or die "sort failed\n";
    open my $in, '<', $file or die "$file: $!\n";
    unlink $file;
    return $in;
}

sub reading {
    my ($file) = @_;
    my $in;
    open $in, '<', $file or open $in, '<', '/dev/null' or die "/dev/null: $!\n";
    return $in;
}

sub writing {
    my ($file) = @_;
    open my $to, '>', $file or die "$file: $!\n";
    return $to;
}

sub complete {
    my ($to, $file, $final) = @_;
    close $to or die "$file: $!\n";
    rename $file, $final or die "$final: $!\n";
}

# What is remembered: pairs of find's own line and ours. Of another set of paths nothing is.
sub remembered {
    my $known = reading("$folder/known");
    my $first = <$known> // '';
    return $first eq "$header\0" ? $known : reading('/dev/null');
}

# Walks over a scan beside what is remembered. Calls back with find's line and what is remembered of it, or undef.
sub beside {
    my ($in, $known, $each) = @_;
    my ($theirs, $ours) = (scalar <$known>, scalar <$known>);
    seek $in, 0, 0;
    while (my $line = <$in>) {
        if (defined $theirs && $theirs ne $line) {
            my $end = path($line) . '//';
            while (defined $theirs && $theirs lt $line && path($theirs) . '//' ne $end) {
                ($theirs, $ours) = (scalar <$known>, scalar <$known>);
            }
        }
        if (defined $theirs && $theirs eq $line) {
            $each->($line, $ours);
            ($theirs, $ours) = (scalar <$known>, scalar <$known>);
        }
        else { $each->($line, undef) }
    }
}

# ACLs are extended attributes too. perl-base has no call for them, the kernel has.
my $calls;

sub attributes {
    my ($path) = @_;
    $calls //= do {
        chomp(my $machine = do { local $/ = "\n"; `uname -m` });
        { x86_64 => [195, 192], aarch64 => [12, 9] }->{$machine} // [];
    };
    return '' unless @$calls;
    my ($file, $names) = ("$path\0", "\0" x 65536);
    my $length = syscall $calls->[0], $file, $names, length $names;
    return '' unless $length > 0;
    my $all = '';
    for my $name (sort split /\0/, substr $names, 0, $length) {
        next unless $name =~ /^(?:user\.|system\.posix_acl_|security\.capability$)/;
        my ($key, $value) = ("$name\0", "\0" x 65536);
        my $got = syscall $calls->[1], $file, $key, $value, length $value;
        $all .= "$name=" . unpack('H*', substr $value, 0, $got < 0 ? 0 : $got) . ',';
    }
    return $all;
}

# Reads what is not remembered and remembers it. Calls back with every line of ours.
sub learn {
    my ($each) = @_;
    my $began = time;

    # A page written through a mapping changes ctime only the first time after it was flushed.
    system 'sync', '-f', @paths if $what eq 'learn';
    my $in   = scan();
    my $todo = writing("$folder/todo-$what");
    my (%first, $changed);
    beside($in, remembered(), sub {
        my ($line, $ours) = @_;
        return if defined $ours && ($what ne 'learn' || (split / /, $ours, 2)[0] + $old > $began);
        $changed = 1;
        my $f = fields($line);
        return if $f->{type} ne 'f' || ($f->{links} > 1 && $first{ $f->{inode} }++);
        print $todo "$f->{path}\0";
    });
    close $todo or die "$folder: $!\n";

    # One that vanishes meanwhile is no failure.
    my $fresh = "$folder/fresh-$what";
    system 'sh', '-c', '[ ! -s "$1" ] || xargs -0 -a "$1" b2sum -z -- 2>/dev/null >"$2" || [ $? = 123 ]', 'sh',
        "$folder/todo-$what", $fresh;
    die "b2sum failed\n" if $?;
    my $hashes  = reading($fresh);
    my $hashed  = <$hashes>;
    my $new     = writing("$folder/known-$what");
    my ($files, $bytes, %hash, %leader) = (0, 0);
    print $new "$header\0";
    beside($in, remembered(), sub {
        my ($line, $ours) = @_;
        my $sure = 1;
        if (!defined $ours || ($what eq 'learn' && (split / /, $ours, 2)[0] + $old <= $began)) {
            my $f    = fields($line);
            my $hash = '';
            if ($f->{type} eq 'f') {
                $hash = '-';
                if (defined $hashed && substr($hashed, 130) eq "$f->{path}\0") {
                    $hash   = substr $hashed, 0, 128;
                    $hashed = <$hashes>;
                    $files++;
                    $bytes += $f->{size};
                }
                if ($f->{links} > 1) {
                    $hash = $hash{ $f->{inode} } //= $hash;
                    $f->{leader} = $leader{ $f->{inode} } //= $f->{path};
                }
                $sure = $hash ne '-' && sure(substr($line, 2 + length $f->{path}), $began);
            }
            $ours = $began . ' ' . ours($f, $hash);
        }
        print $new $line, $ours if $sure;
        $each->(substr $ours, 1 + index $ours, ' ') if $each;
    });
    complete($new, "$folder/known-$what", "$folder/known");
    unlink "$folder/todo-$what", $fresh;
    return ($files, $bytes);
}

# All that has to agree on both servers.
sub ours {
    my ($f, $hash) = @_;
    my $device = $f->{type} =~ /[bc]/ ? (lstat $f->{path})[6] : '';
    return join(' ', "$f->{path}//$f->{type}", $f->{type} eq 'l' ? '' : $f->{mode}, @$f{qw(uid gid)},
        $f->{type} eq 'f' ? ($f->{size}, $hash, $f->{leader} // '') : ($device), attributes($f->{path}),
        $f->{target}) . "\0";
}

# What lay in a directory that is a file or a link by now goes when that takes its place.
sub gone {
    my ($path) = @_;
    my $above = '';
    for my $name (split m{/}, substr $path, 1) {
        last unless lstat($above eq '' ? '/' : $above);
        return unless -d _;
        $above .= "/$name";
    }
    print "$path\0";
}

if ($what eq 'measure') {
    my ($bytes, $files, $sparse, %seen) = (0, 0, 0);
    open my $from, '-|', 'find', @paths, '-printf', '%y %b %s %n %i %p\0' or die "find: $!\n";
    while (my $line = <$from>) {
        chomp $line;
        my ($type, $blocks, $size, $links, $inode, $path) = split / /, $line, 6;
        next if ($excluded && left_out($path, $type)) || ($links > 1 && $type eq 'f' && $seen{$inode}++);
        $files++;
        $bytes += $blocks * 512;
        $sparse ||= $type eq 'f' && $blocks * 512 < $size ? 1 : 0;
    }
    print "$bytes $files $sparse\n";
}
elsif ($what eq 'learn') {
    my ($files, $bytes) = learn();
    print "$files $bytes\n";
}
elsif ($what eq 'digest') {
    open my $to, '|-', 'sha256sum' or die "sha256sum: $!\n";
    learn(sub { print $to $_[0] });
    close $to or die "sha256sum failed\n";
}
elsif ($what eq 'records') {
    learn(sub { print $_[0] });
}
elsif ($what eq 'mark' || $what eq 'changes') {
    # mark: from here on changes count. changes: what has changed since, for rsync, and a mark beside the old one.
    my $now  = time;
    my $in   = scan();
    my $new  = writing("$folder/sent-$what");
    my $sent = $what eq 'mark' ? reading('/dev/null') : reading("$folder/sent");
    my $was  = <$sent>;
    while (my $line = <$in>) {
        if ($what eq 'changes' && (!defined $was || $was ne $line)) {
            my $path = path($line);
            while (defined $was && path($was) . '//' lt "$path//") {
                gone(path($was));
                $was = <$sent>;
            }
            print "$path\0";
            $was = <$sent> if defined $was && path($was) eq $path;
        }
        else { $was = <$sent> }

        # What changed just now may change again and look the same.
        my $end = 2 + index $line, '//';
        print $new sure(substr($line, $end, 80), $now) ? $line : substr($line, 0, $end) . "?\0";
    }
    while (defined $was) { gone(path($was)); $was = <$sent> }
    complete($new, "$folder/sent-$what", $what eq 'mark' ? "$folder/sent" : "$folder/sent.next");
}
else {
    die "unknown: $what\n";
}
