# What lies under the data paths, with a memory of contents: a file is read again only when find sees another
# inode, size, mode, owner, mtime or ctime. Needs perl-base, findutils and coreutils, which every Debian has, and
# rsync, which hashes in a third of the time that they take.
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

$ENV{LC_ALL} = 'C';
$/ = "\0";
if ($what ne 'measure') {
    my ($parent) = $folder =~ m{(.*)/};
    mkdir $parent, 0755;
    mkdir $folder, 0700 or $!{EEXIST} or die "$folder: $!\n";
}
umask 077;

# What contents are hashed with: the best that this rsync knows, for transfers too.
my $sum = '';
if ($what ne 'measure') {
    local $/;
    $sum = (qx(rsync --version) // '') =~ /\bxxh128\b/ ? 'xxh128' : 'md5';
}
my $header = join '//', '/', $sum, @excludes, '', @paths;

# While the first round runs, the standby learns what is there by now.
@paths = grep { lstat } @paths if $what eq 'arrived';
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

# For measuring: how much there is, and whether a file has holes.
my $sizes = '%b %s %y %n %i ';
my ($bytes, $files, $sparse, %seen) = (0, 0, 0);

sub tally {
    my ($blocks, $size, $type, $links, $inode) = @_;
    return if $links > 1 && $type eq 'f' && $seen{$inode}++;
    $files++;
    $bytes += $blocks * 512;
    $sparse ||= $type eq 'f' && $blocks * 512 < $size ? 1 : 0;
}

sub sort_to {
    open my $to, '|-', 'sort', '-z', '-S', '32M', '-T', $folder, '-o', $_[0] or die "sort: $!\n";
    return $to;
}

# All there is, sorted.
sub scan {
    my $file = "$folder/scan-$what";
    my $mark = $what eq 'mark';
    open my $from, '-|', 'find', @paths, '-printf', ($mark ? $sizes : '') . $format or die "find: $!\n";
    my $to = sort_to($file);
    while (my $line = <$from>) {
        my @sizes = $mark && $line =~ s/^(\d+) (\d+) (\S) (\d+) (\d+) // ? ($1, $2, $3, $4, $5) : ();
        if ($excluded) {
            my $f = fields($line);
            next if left_out($f->{path}, $f->{type});
        }
        tally(@sizes) if $mark;
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
my ($names, $value) = ("\0" x 65536, "\0" x 65536);

sub attributes {
    my ($path) = @_;
    $calls //= do {
        chomp(my $machine = do { local $/ = "\n"; `uname -m` });
        { x86_64 => [195, 192], aarch64 => [12, 9] }->{$machine} // [];
    };
    return '' unless @$calls;
    my $file   = "$path\0";
    my $length = syscall $calls->[0], $file, $names, length $names;
    return '' unless $length > 0;
    my $all = '';
    for my $name (sort split /\0/, substr $names, 0, $length) {
        next unless $name =~ /^(?:user\.|system\.posix_acl_|security\.capability$)/;
        my $key = "$name\0";
        my $got = syscall $calls->[1], $file, $key, $value, length $value;
        $all .= "$name=" . unpack('H*', substr $value, 0, $got < 0 ? 0 : $got) . ',';
    }
    return $all;
}

# Takes from rsync's lines the hash of each file, sorted by path. Of one that was sent twice the later comes last.
sub hashes {
    my ($from, $file) = @_;
    my $to     = sort_to($file);
    my $number = 0;
    local $/ = "\n";
    while (my $line = <$from>) {
        my ($hash, $path) = $line =~ m{^(?:\S+ \S+ \[\d+\] )?([0-9a-f]{32}) /*(.+)\n\z} or next;
        $path =~ s/\\#([0-7]{3})/chr oct $1/ge;
        printf $to "/%s//%012d %s\0", $path, $number++, $hash;
    }
    local $? = 0;
    close $from;
    die "rsync failed to hash\n" if $?;
    close $to or die "sort failed\n";
    my $hashes = reading($file);
    unlink $file;
    return {from => $hashes};
}

# The hash of that path, from such a list, which it moves on; paths are asked for in their order.
sub hash_of {
    my ($hashes, $path) = @_;
    my $hash;
    while ($hashes->{from} && (defined $hashes->{next} || defined($hashes->{next} = readline $hashes->{from}))) {
        my $at = path($hashes->{next});
        last if "$at//" gt "$path//";
        $hash = substr $hashes->{next}, -33, 32 if $at eq $path;
        undef $hashes->{next};
    }
    return $hash;
}

# rsync has hashed each file that it sent in the first round. Where a file's line is still the one that was marked
# before, that hash is its content's.
sub remember_sent {
    my $read = (stat "$folder/round")[9] // return;
    my $in   = reading("$folder/sent.first");
    my $sent = hashes(reading("$folder/round"), "$folder/round-sorted");
    my $new  = writing("$folder/known-$what");
    print $new "$header\0";
    beside($in, remembered(), sub {
        my ($line, $ours) = @_;
        if (!defined $ours && substr($line, -3) ne "/?\0") {
            my $f = fields($line);
            return unless $f->{type} eq 'f' && $f->{links} == 1;
            my $hash = hash_of($sent, $f->{path}) // return;
            $ours = "$read " . ours($f, $hash);
        }
        print $new $line, $ours if defined $ours;
    });
    complete($new, "$folder/known-$what", "$folder/known");
    unlink "$folder/round", "$folder/sent.first";
}

# rsync reads a list of files byte by byte, but not its arguments. 23 and 24: something was not there any more.
my $hasher = <<'END';
sum=$1 nowhere=$2
shift 2
rsync --dry-run --checksum --checksum-choice="$sum" --relative --no-implied-dirs --out-format='%C %n' \
    -- "$@" "$nowhere" || [ $? = 23 ] || [ $? = 24 ] || exit 255
END

# Reads what is not remembered and remembers it. Calls back with every line of ours.
sub learn {
    my ($each)    = @_;
    my $began     = time;
    my $unhurried = $what eq 'learn' || $what eq 'arrived';

    # A page written through a mapping changes ctime only the first time after it was flushed.
    system 'sync', '-f', @paths if $what eq 'learn';

    # Nobody maps what arrives; but it should be on the disk before anybody waits for that.
    my $flush;
    open $flush, '-|', 'sync', '-f', @paths or die "sync: $!\n" if $what eq 'arrived';
    remember_sent() if $what eq 'learn' && -e "$folder/sent.first";
    my $in   = scan();
    my $todo = writing("$folder/todo-$what");
    my %first;
    beside($in, remembered(), sub {
        my ($line, $ours) = @_;
        return if defined $ours && (!$unhurried || (split / /, $ours, 2)[0] + $old > $began);
        my $f = fields($line);
        return if $f->{type} ne 'f' || ($f->{links} > 1 && $first{ $f->{inode} }++);
        print $todo "$f->{path}\0";
    });
    close $todo or die "$folder: $!\n";

    # One that vanishes meanwhile is no failure.
    my $read = {};
    if (-s "$folder/todo-$what") {
        open my $rsync, '-|', 'xargs', '-0', '-s', '1000000', '-a', "$folder/todo-$what", 'sh', '-c', $hasher, 'sh',
            $sum, "$folder/nowhere/"
            or die "xargs: $!\n";
        $read = hashes($rsync, "$folder/fresh-$what");
    }
    my $new = writing("$folder/known-$what");
    my (%hash, %leader);
    print $new "$header\0";
    beside($in, remembered(), sub {
        my ($line, $ours) = @_;
        my $sure = 1;
        if (!defined $ours || ($unhurried && (split / /, $ours, 2)[0] + $old <= $began)) {
            my $f    = fields($line);
            my $hash = '';
            if ($f->{type} eq 'f') {
                $hash = hash_of($read, $f->{path}) // '-';
                if ($hash ne '-') {
                    $files++;
                    $bytes += $f->{size};
                }

                # Unread on both sides is not the same on both sides.
                die "$f->{path} can't be read\n" if $what eq 'digest' && $hash eq '-' && $f->{links} == 1 && -e $f->{path};
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
    unlink "$folder/todo-$what";
    close $flush if $flush;
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
    open my $from, '-|', 'find', @paths, '-printf', "$sizes%p\\0" or die "find: $!\n";
    while (my $line = <$from>) {
        chomp $line;
        my @sizes = split / /, $line, 6;
        next if $excluded && left_out($sizes[5], $sizes[2]);
        tally(@sizes);
    }
    print "$bytes $files $sparse\n";
}
elsif ($what eq 'learn' || $what eq 'arrived') {
    learn();
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
    my $now = time;
    if ($what eq 'mark') {
        system 'sync', '-f', @paths;
        unlink "$folder/round";
    }
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
    if ($what eq 'mark') {
        unlink "$folder/sent.first";
        link "$folder/sent", "$folder/sent.first" or die "$folder/sent.first: $!\n";
        print "$bytes $files $sparse\n";
    }
}
else {
    die "unknown: $what\n";
}
