import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Command } from "../../../../packages/server/src/storage/hosts/command.ts";
import { SYSTEM_PATH } from "../../../../packages/server/src/storage/hosts/command.ts";
import type { HostAnswer } from "../../../../packages/server/src/storage/hosts/contract.ts";
import { quote } from "../../../../packages/server/src/storage/hosts/quote.ts";

/** Runs commands in a machine where a session of sshd costs a second: all of them in one. */
export interface VmAgent {
  run(command: Command): Promise<HostAnswer>;
  close(): void;
}

/**
 * A line for each command: its number, its input and its words in hexadecimal; a line for each answer: number, exit
 * code, what it said on both. Perl is in every Debian.
 */
const AGENT = `
use strict; use Fcntl ':flock';
$SIG{CHLD} = 'IGNORE'; chdir '/';
%ENV = (PATH => '${SYSTEM_PATH}', LC_ALL => 'C');
sub spill { my ($name, $text) = @_; open(my $f, '>', $name) or die; print $f $text; close $f }
sub slurp { my ($name) = @_; open(my $f, '<', $name) or die; local $/; my $text = <$f>; unlink $name; defined $text ? $text : '' }
while (my $line = <STDIN>) {
  chomp $line;
  my ($id, @words) = split / /, $line, -1;
  next if fork;
  my ($input, @command) = map { pack 'H*', $_ } @words;
  my $at = "/run/stoa-agent.$id";
  spill("$at.in", $input);
  $SIG{CHLD} = 'DEFAULT';
  my $pid = fork;
  if (!$pid) {
    open STDIN, '<', "$at.in"; open STDOUT, '>', "$at.out"; open STDERR, '>', "$at.err";
    exec { $command[0] } @command or do { print STDERR "$command[0]: not found\\n"; exit 127 };
  }
  waitpid $pid, 0;
  my $code = $? & 127 ? '-' : $? >> 8;
  unlink "$at.in";
  my $answer = join(' ', $id, $code, unpack('H*', slurp("$at.out")), unpack('H*', slurp("$at.err"))) . "\\n";
  open(my $lock, '>', '/run/stoa-agent.lock'); flock $lock, LOCK_EX;
  while (length $answer) { my $n = syswrite STDOUT, $answer; last unless defined $n; substr($answer, 0, $n, '') }
  exit 0;
}
`;

export interface AgentAccess {
  readonly port: number;
  readonly keyFile: string;
  readonly hostKey: string;
  /** Where its list of known hosts may be written. */
  readonly folder: string;
}

/** Begins one; sshd has to be up. */
export function startAgent({ port, keyFile, hostKey, folder }: AgentAccess): VmAgent {
  const known = join(folder, "known-hosts");
  writeFileSync(known, `[127.0.0.1]:${port} ${hostKey}\n`);
  const options = [`UserKnownHostsFile=${known}`, "BatchMode=yes", "LogLevel=ERROR"].flatMap((each) => ["-o", each]);
  const args = ["-F", "none", "-i", keyFile, "-p", `${port}`, ...options, "root@127.0.0.1"];
  const child = spawn("ssh", [...args, `exec perl -e ${quote(AGENT)}`], { stdio: ["pipe", "pipe", "pipe"] });
  const waiting = new Map<string, (answer: HostAnswer) => void>();
  let last = 0;
  let ended: Error | null = null;
  const rejects = new Set<(reason: Error) => void>();
  attend(child, (reason) => {
    ended = reason;
    for (const reject of rejects) reject(reason);
  });
  child.stdin.on("error", () => undefined);
  createInterface({ input: child.stdout }).on("line", (line) => {
    const [id = "", code = "", out = "", err = ""] = line.split(" ");
    const answer = { code: code === "-" ? null : Number(code), out: unhex(out), err: unhex(err) };
    waiting.get(id)?.(answer);
    waiting.delete(id);
  });
  return {
    run({ program, args: words, input = "" }) {
      last += 1;
      const id = `${last}`;
      return new Promise((resolve, reject) => {
        if (ended !== null) return reject(ended);
        rejects.add(reject);
        waiting.set(id, (answer) => {
          rejects.delete(reject);
          resolve(answer);
        });
        child.stdin.write(`${[id, ...[input, program, ...words].map(hex)].join(" ")}\n`);
      });
    },
    close: () => void child.kill("SIGTERM"),
  };
}

function attend(child: ChildProcess, onEnd: (reason: Error) => void): void {
  let said = "";
  child.stderr?.on("data", (part: Buffer) => {
    said = (said + part.toString("utf8")).slice(-1000);
  });
  child.once("error", onEnd);
  child.once("exit", (code) => onEnd(new Error(`The machine's agent ended (${code}): ${said}`)));
}

const hex = (text: string): string => Buffer.from(text, "utf8").toString("hex");
const unhex = (text: string): string => Buffer.from(text, "hex").toString("utf8");
