import { readFileSync } from "node:fs";
import { join } from "node:path";
import { PASSWORD } from "./person.ts";

/**
 * What somebody with a shell may try against others and against the server: shell lines that end with 0 when they
 * succeed. The same lines are run by somebody who may, which shows that they would have.
 */
export interface Attempt {
  readonly name: string;
  readonly script: string;
  /** Who succeeds with the very same lines; `neighbour`: what runs in the network of bob's session with a port. */
  readonly control: "root" | "bob" | "neighbour";
  /** About that session, which there is where bubblewrap works. */
  readonly needsPort?: true;
  /** The control needs root: left out where nobody has it. */
  readonly needsRoot?: true;
  /** What the control prints, where its success is not its exit status. */
  readonly proof?: RegExp;
}

/** Functions for all of them. */
export const PRELUDE = readFileSync(join(import.meta.dirname, "hostile-functions.sh"), "utf8");

/** What people choose and tests leave behind; and what each has for other purposes. */
const PASSWORDS = `"" postgres stoa password admin root secret changeme 123456 pgpassword "${PASSWORD}" "$(id -un)"`;

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

const SECRET = 'grep "the secret of bob"';

/** A program that can only listen on a port: it is in a network of its own. */
const ports: Attempt[] = [
  {
    name: "reach-a-port",
    script: `for a in $ADDRESSES; do hear $a $BOB_PORT | ${SECRET} && exit 0; done; exit 1`,
    control: "neighbour",
  },
  {
    name: "reach-an-abstract-socket",
    script: `hear abstract $BOB_ABSTRACT | ${SECRET}`,
    control: "neighbour",
  },
  {
    name: "reach-the-bridge-to-a-port",
    script: `for s in $BOB_PORT_SOCKETS; do hear unix "$s" | ${SECRET} && exit 0; done; exit 1`,
    control: "bob",
  },
  {
    name: "reach-the-bridge-through-proc",
    script: `for p in $BOB_PORT_PIDS; do hear unix /proc/$p/root/run/stoa/session/web.sock | ${SECRET} && exit 0; done; exit 1`,
    control: "root",
  },
  {
    name: "join-a-network",
    script: `for p in $BOB_PORT_PIDS; do
      for how in "nsenter -n -t" join_network "unshare -Ur nsenter -n -t"; do
        $how $p sh "$0" reach-a-port && exit 0
      done
    done; exit 1`,
    control: "root",
  },
  {
    // Whoever may read bob's cookie has it; else one's own.
    name: "go-through-the-front-door",
    script: `for a in $ADDRESSES; do hear $a $WEB_PORT "Host: $BOB_PORT_HOST" "Cookie: $(cat "$BOB_HOME/cookie" || cat "$OWN/cookie")" | ${SECRET} && exit 0; done; exit 1`,
    control: "bob",
  },
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
  {
    // As the script knows it, it is not what is looked for.
    name: "find-a-password-in-what-runs",
    script: `echo "$NEEDLE" | tr A-Za-z N-ZA-Mn-za-m > "$OWN/needle"
      cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline 2> /dev/null | tr '\\0' '\\n' | grep -F -f "$OWN/needle"`,
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
    // It asks even root for a password.
    proof: /R-(0|5|10)\b/,
  },
  {
    // Whoever may read the keys has the right one, too.
    name: "guess-the-databases-password",
    script: `guess_database "$DATABASE_FOLDER" "$DATABASE_PORT" ${PASSWORDS} $(tr -c 'A-Za-z0-9_-' ' ' < "\${KEYS:-$DATA/keys}/postgres.json")`,
    control: "root",
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
    script: 'sleep 5 > /dev/null 2>&1 & for f in $CGROUP_OUTSIDE; do echo $! > "$f" && exit 0; done; exit 1',
    control: "root",
  },
  { name: "run-with-priority", script: "nice -n -5 true 2>&1 | grep -c . | grep -x 0", control: "root" },
];

const onlyRoots = rights.map((attempt): Attempt => ({ ...attempt, needsRoot: true }));
const needPort = ports.map((attempt): Attempt => ({ ...attempt, needsPort: true }));
export const attempts: readonly Attempt[] = [...files, ...processes, ...sessions, ...needPort, ...server, ...onlyRoots];
