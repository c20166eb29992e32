/**
 * What somebody with a shell may try against others and against the server: shell lines that end with 0 when they
 * succeed. The same lines are run by somebody who may, which shows that they would have.
 */
export interface Attempt {
  readonly name: string;
  readonly script: string;
  /** Who succeeds with the very same lines. */
  readonly control: "root" | "bob";
  /** The control needs root: left out where nobody has it. */
  readonly needsRoot?: true;
  /** What the control prints, where its success is not its exit status. */
  readonly proof?: RegExp;
}

/** Functions for all of them. Perl is on every Debian; nothing else is asked for. */
export const PRELUDE = `
number() { case "$(uname -m)" in x86_64) echo $1;; *) echo $2;; esac; }
call() { perl -e 'my ($number, @rest) = map { $_ + 0 } @ARGV; my $r = syscall($number, @rest); if ($r < 0) { print STDERR "$!\\n"; exit 1 } exit 0' "$@"; }
reach() { perl -MSocket -e 'socket(my $s, AF_UNIX, SOCK_STREAM, 0) or die; connect($s, pack_sockaddr_un($ARGV[0])) or die "$!\\n"' "$1"; }
# Speaks PostgreSQL's start: 0 when somebody is let in without a word.
enter_database() {
  perl -MSocket -e '
    my ($folder, $port) = @ARGV;
    for my $user (qw(postgres stoa root admin stoa-server stoa-postgres)) {
      my $s;
      if ($folder eq "") { socket($s, PF_INET, SOCK_STREAM, 0); connect($s, sockaddr_in($port, inet_aton("127.0.0.1"))) or die "$!\\n" }
      else { socket($s, AF_UNIX, SOCK_STREAM, 0); connect($s, pack_sockaddr_un("$folder/.s.PGSQL.$port")) or die "$!\\n" }
      my $start = pack("N", 196608) . "user\\0$user\\0database\\0postgres\\0\\0";
      syswrite($s, pack("N", length($start) + 4) . $start);
      sysread($s, my $answer, 9);
      my ($kind, $length, $code) = unpack("aNN", $answer . ("\\0" x 9));
      print "$user: $kind-$code\\n";
      exit 0 if $kind eq "R" && $code == 0;
    }
    exit 1' "$1" "$2"
}
`;

const files: Attempt[] = [
  { name: "read-a-file", script: 'grep "the secret of bob" "$BOB_WORKSPACE/secret.txt"', control: "bob" },
  { name: "list-a-workspace", script: 'ls "$BOB_WORKSPACE/"', control: "bob" },
  { name: "write-a-file", script: 'echo x > "$BOB_WORKSPACE/by-another.txt"', control: "bob" },
  {
    name: "rename-a-workspace",
    script: 'mv "$BOB_WORKSPACE" "$BOB_WORKSPACE.m" && mv "$BOB_WORKSPACE.m" "$BOB_WORKSPACE"',
    control: "bob",
  },
  {
    name: "through-a-symlink",
    script: 'ln -sfn "$BOB_WORKSPACE" "$OWN/link" && cat "$OWN/link/secret.txt"',
    control: "root",
  },
  {
    name: "through-a-hard-link",
    script: 'rm -f "$OWN/hard"; ln "$BOB_WORKSPACE/secret.txt" "$OWN/hard" && cat "$OWN/hard"',
    control: "root",
  },
  { name: "look-into-the-home", script: 'ls -a "$BOB_HOME/"', control: "bob" },
  { name: "read-in-the-home", script: 'cat "$BOB_HOME/.netrc"', control: "bob" },
  { name: "read-temporary-files", script: 'cat "$BOB_HOME/tmp/draft"', control: "bob" },
  { name: "read-in-the-trash", script: 'find "$BOB_TRASH/" -type f | grep .', control: "bob" },
  { name: "read-an-upload", script: 'find "$BOB_UPLOADS" -type f -size +0 | grep .', control: "bob" },
  { name: "open-up-a-workspace", script: 'chmod 777 "$BOB_WORKSPACE" && chmod 700 "$BOB_WORKSPACE"', control: "bob" },
  {
    name: "give-files-away",
    needsRoot: true,
    script: 'echo x > "$OWN/gift"; chown "$BOB_UID" "$OWN/gift"',
    control: "root",
  },
];

const processes: Attempt[] = [
  { name: "signal-a-shell", script: "kill -CONT $BOB_SHELL", control: "bob" },
  { name: "signal-a-host", script: "kill -CONT $BOB_HOST", control: "bob" },
  { name: "trace-a-shell", script: "call $(number 101 117) $((0x4206)) $BOB_SHELL 0 0", control: "root" },
  {
    name: "take-a-descriptor",
    script: `perl -e '
      my $process = syscall(434, $ARGV[0] + 0, 0); die "$!\\n" if $process < 0;
      die "$!\\n" if syscall(438, $process, 0, 0) < 0' $BOB_SHELL`,
    control: "root",
  },
  {
    name: "read-an-environment",
    script: "tr '\\0' '\\n' < /proc/$BOB_SHELL/environ | grep HOME=$BOB_HOME",
    control: "bob",
  },
  { name: "through-proc-root", script: "cat /proc/$BOB_SHELL/root$BOB_WORKSPACE/secret.txt", control: "root" },
  { name: "through-proc-cwd", script: "cat /proc/$BOB_SHELL/cwd/secret.txt", control: "bob" },
  { name: "through-proc-fd", script: "ls -l /proc/$BOB_SHELL/fd/0 | grep /", control: "bob" },
  { name: "read-memory", script: "exec 3< /proc/$BOB_SHELL/mem", control: "root" },
];

const sessions: Attempt[] = [
  { name: "look-into-a-run-folder", script: 'ls "$BOB_RUN/" && cat "$BOB_RUN/job.json"', control: "bob" },
  { name: "read-what-was-printed", script: 'find "$BOB_RUN" -name "*.log*" | grep .', control: "bob" },
  {
    name: "reach-a-session-socket",
    script: 'for s in "$BOB_RUN"/*.sock; do reach "$s" && exit 0; done; exit 1',
    control: "bob",
  },
  {
    name: "reach-a-session-socket-by-name",
    script: 'for s in $BOB_SOCKETS; do reach "$BOB_RUN/$s" && exit 0; done; exit 1',
    control: "bob",
  },
  { name: "lie-about-a-session", script: 'echo "{}" > "$BOB_RUN/lie.json"', control: "bob" },
];

const server: Attempt[] = [
  { name: "list-the-data", script: 'ls "$DATA/" | grep -x keys', control: "root" },
  { name: "read-the-key", script: 'cat "$DATA/keys/secret.key"', control: "root" },
  { name: "read-the-database-files", script: 'ls "$DATA/postgres/data"', control: "root" },
  { name: "write-into-the-data", script: 'echo x > "$DATA/by-another"', control: "root" },
  {
    name: "read-the-servers-environment",
    script: "tr '\\0' '\\n' < /proc/$SERVER/environ | grep STOA_",
    control: "root",
  },
  { name: "read-the-servers-memory", script: "exec 3< /proc/$SERVER/mem", control: "root" },
  { name: "open-the-servers-files", script: "ls -l /proc/$SERVER/fd/0 | grep -e '->'", control: "root" },
  { name: "signal-the-server", script: "kill -CONT $SERVER", control: "root" },
  { name: "trace-the-server", script: "call $(number 101 117) $((0x4206)) $SERVER 0 0", control: "root" },
  {
    name: "read-the-brokers-environment",
    script: "tr '\\0' '\\n' < /proc/$BROKER/environ | grep STOA_",
    control: "root",
  },
  { name: "signal-the-broker", script: "kill -CONT $BROKER", control: "root" },
  {
    name: "take-the-brokers-socket",
    script: `perl -e '
      my $process = syscall(434, $ARGV[0] + 0, 0); die "$!\\n" if $process < 0;
      for my $fd (0 .. 40) { exit 0 if syscall(438, $process, $fd, 0) >= 0 } die "$!\\n"' $SERVER`,
    control: "root",
  },
  {
    name: "enter-the-database",
    script: 'enter_database "$DATABASE_FOLDER" "$DATABASE_PORT"',
    control: "root",
    proof: /R-(0|5|10)\b/,
  },
  {
    name: "set-up-a-database-login",
    script: 'echo "host all all all trust" >> "$DATA/postgres/data/pg_hba.conf"',
    control: "root",
  },
];

const rights: Attempt[] = [
  {
    name: "become-another",
    script: 'setpriv --reuid $BOB_UID --regid $BOB_UID --clear-groups cat "$BOB_WORKSPACE/secret.txt" || exit 1',
    control: "root",
  },
  {
    name: "become-root-by-a-setuid-program",
    script:
      'cp /bin/sh "$OWN/sh" && chmod u+s "$OWN/sh" && chown root "$OWN/sh" && "$OWN/sh" -p -c "test -r $DATA/keys/secret.key"; r=$?; rm -f "$OWN/sh"; exit $r',
    control: "root",
  },
  {
    name: "become-root-without-a-password",
    script: "{ sudo -n true 2> /dev/null || su root -c true < /dev/null; } 2>&1 > /dev/null",
    control: "root",
  },
  {
    name: "read-the-key-as-root-of-a-namespace",
    script: `unshare -Ur sh -c 'cat "$DATA/keys/secret.key"'`,
    control: "root",
  },
  {
    name: "read-the-disk",
    script: `for d in $(ls /dev/sd* /dev/vd* /dev/nvme* /dev/mem /dev/kmsg 2>/dev/null) /dev/kmsg; do head -c 1 "$d" && exit 0; done; mknod "$OWN/null" c 1 3 && rm "$OWN/null"`,
    control: "root",
  },
  { name: "mount", script: 'mkdir -p "$OWN/m" && mount -t tmpfs none "$OWN/m" && umount "$OWN/m"', control: "root" },
  {
    name: "raise-the-memory-limit",
    script: 'for f in $CGROUP_MEMORY; do echo 9999999999 > "$f" && exit 0; done; exit 1',
    control: "root",
  },
  {
    name: "raise-the-process-limit",
    script: 'for f in $CGROUP_PIDS; do echo 99999 > "$f" && exit 0; done; exit 1',
    control: "root",
  },
  {
    name: "leave-the-control-group",
    script: 'sleep 5 & for f in $CGROUP_OUTSIDE; do echo $! > "$f" && exit 0; done; exit 1',
    control: "root",
  },
  { name: "run-with-priority", script: "nice -n -5 true 2>&1 | grep -c . | grep -x 0", control: "root" },
];

const onlyRoots = rights.map((attempt): Attempt => ({ ...attempt, needsRoot: true }));
export const attempts: readonly Attempt[] = [...files, ...processes, ...sessions, ...server, ...onlyRoots];
