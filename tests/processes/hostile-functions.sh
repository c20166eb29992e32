# What the attempts of hostile-attempts.ts are made of. Perl is on every Debian; nothing else is asked for.

# The number of a system call, by architecture.
number() { case "$(uname -m)" in x86_64) echo "$1" ;; *) echo "$2" ;; esac; }

call() {
  perl -e 'my ($number, @rest) = map { $_ + 0 } @ARGV; my $r = syscall($number, @rest); if ($r < 0) { print STDERR "$!\n"; exit 1 } exit 0' "$@"
}

reach() {
  perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; connect($s, pack_sockaddr_un($ARGV[0])) or die "$!\n"' "$1"
}

# Asks a web program for its page and prints that: `hear ADDRESS PORT`, `hear unix PATH`, `hear abstract NAME`; lines of
# a request's head may follow.
hear() {
  perl -e '
    use Socket qw(:DEFAULT getaddrinfo);
    $SIG{ALRM} = sub { die "no answer\n" }; alarm 5;
    my ($where, $at, @head) = @ARGV;
    my ($s, $to);
    if ($where eq "unix" || $where eq "abstract") {
      socket($s, AF_UNIX, SOCK_STREAM, 0) or die "$!\n";
      $to = pack_sockaddr_un($where eq "unix" ? $at : "\0$at");
    } else {
      my ($error, $found) = getaddrinfo($where, $at, { socktype => SOCK_STREAM });
      die "$error\n" if $error;
      socket($s, $found->{family}, SOCK_STREAM, 0) or die "$!\n";
      $to = $found->{addr};
    }
    connect($s, $to) or die "$where $at: $!\n";
    syswrite($s, join("\r\n", "GET / HTTP/1.1", @head ? @head : "Host: localhost", "Connection: close", "", ""));
    print while <$s>;' "$@"
}

# Runs a command in the network of a process, with the rights of whoever made that network: `join_network PID COMMAND...`.
join_network() {
  perl -e '
    my ($ioctl, $setns, $pid, @command) = @ARGV;
    open(my $network, "<", "/proc/$pid/ns/net") or die "$!\n";
    my $owner = syscall($ioctl + 0, fileno($network), 0xb701, 0); # NS_GET_USERNS
    syscall($setns + 0, $owner, 0x10000000) if $owner >= 0;
    die "$!\n" if syscall($setns + 0, fileno($network), 0x40000000) < 0;
    exec @command' "$(number 16 29)" "$(number 308 268)" "$@"
}

# The ways to PostgreSQL: its socket, and its port on both loopbacks.
# Speaks its start as each usual name, for each usual database and for replication: 0 when one is let in without a word.
enter_database() {
  perl -e '
    use Socket qw(:DEFAULT inet_pton);
    my ($folder, $port, $me) = @ARGV;
    my @doors = (
      [AF_UNIX, pack_sockaddr_un("$folder/.s.PGSQL.$port")],
      [AF_INET, pack_sockaddr_in($port, INADDR_LOOPBACK)],
      [AF_INET6, pack_sockaddr_in6($port, inet_pton(AF_INET6, "::1"))],
    );
    for my $user ("postgres", "stoa", "root", "admin", "stoa-server", "stoa-postgres", $me) {
      for my $what ("database\0postgres", "database\0stoa", "database\0template1", "replication\0true") {
        for my $door (@doors) {
          socket(my $s, $door->[0], SOCK_STREAM, 0) or next;
          if (!connect($s, $door->[1])) { print STDERR "$!\n"; next }
          my $start = pack("N", 196608) . "user\0$user\0$what\0\0";
          syswrite($s, pack("N", length($start) + 4) . $start);
          sysread($s, my $answer, 9);
          my ($kind, $length, $code) = unpack("aNN", $answer . ("\0" x 9));
          print "$user: $kind-$code\n";
          exit 0 if $kind eq "R" && $code == 0;
        }
      }
    }
    exit 1' "$1" "$2" "$(id -un 2>/dev/null || id -u)"
}

# Answers PostgreSQL's question for a password with each of these: `guess_database FOLDER PORT PASSWORD...`.
guess_database() {
  perl -e '
    use Socket;
    use Digest::SHA qw(sha256 hmac_sha256);
    use Digest::MD5 qw(md5_hex);
    use MIME::Base64;
    my ($folder, $port, @passwords) = @ARGV;
    my $s;
    sub take { my ($n) = @_; my $all = ""; while (length($all) < $n) { sysread($s, my $part, $n - length($all)) or die "closed\n"; $all .= $part } $all }
    sub message { my ($kind, $length) = unpack("aN", take(5)); ($kind, take($length - 4)) }
    sub answer { syswrite($s, "p" . pack("N", length($_[0]) + 4) . $_[0]) }
    # RFC 5802 and 7677.
    sub scram {
      my ($password) = @_;
      my $bare = "n=,r=hostile";
      answer("SCRAM-SHA-256\0" . pack("N", length("n,,$bare")) . "n,,$bare");
      my ($kind, $first) = message();
      return 0 if $kind ne "R";
      $first = substr($first, 4);
      my ($nonce, $salt, $rounds) = $first =~ /^r=([^,]*),s=([^,]*),i=(\d+)/ or return 0;
      my $salted = my $u = hmac_sha256(decode_base64($salt) . pack("N", 1), $password);
      for (2 .. $rounds) { $u = hmac_sha256($u, $password); $salted ^= $u }
      my $key = hmac_sha256("Client Key", $salted);
      my $last = "c=biws,r=$nonce";
      my $proof = encode_base64($key ^ hmac_sha256("$bare,$first,$last", sha256($key)), "");
      answer("$last,p=$proof");
      ($kind) = message();
      return $kind eq "R";
    }
    for my $user ("postgres", "stoa") {
      for my $password (@passwords) {
        socket($s, AF_UNIX, SOCK_STREAM, 0);
        if (!connect($s, pack_sockaddr_un("$folder/.s.PGSQL.$port"))) {
          print STDERR "$!\n";
          socket($s, AF_INET, SOCK_STREAM, 0);
          connect($s, pack_sockaddr_in($port, INADDR_LOOPBACK)) or die "$!\n";
        }
        my $start = pack("N", 196608) . "user\0$user\0database\0postgres\0\0";
        syswrite($s, pack("N", length($start) + 4) . $start);
        my ($kind, $text) = message();
        my ($code, $salt) = unpack("Na4", $text);
        my $in = $kind eq "R" && $code == 0;
        if ($kind eq "R" && $code == 3) { answer("$password\0"); $in = (message())[0] eq "R" }
        if ($kind eq "R" && $code == 5) { answer("md5" . md5_hex(md5_hex($password . $user) . $salt) . "\0"); $in = (message())[0] eq "R" }
        $in = scram($password) if $kind eq "R" && $code == 10;
        if ($in) { print "in as $user\n"; exit 0 }
      }
    }
    print "asked for a password each time\n";
    exit 1' "$@"
}
