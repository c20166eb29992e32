import { type Command, SYSTEM_PATH } from "./command.ts";
import { printfFormat, quote } from "./quote.ts";

/**
 * What is run on the storage host for each command: a plain shell, whatever the account's login shell is. The script
 * comes by standard input, where a command line would be held to 128 KiB.
 */
export const REMOTE_SHELL = "exec /bin/sh -s";

/** Exit codes of shells for what was ended by a signal: 128 and its number. */
const FIRST_SIGNAL = 129;
const LAST_SIGNAL = 192;

/**
 * A script that runs one command, between a line that tells its output from what the account's own start-up files
 * print, and one with its exit code: ssh answers 255 for itself as well, and an output without that line has been cut.
 * The script is one compound command: of one that arrives in part the shell runs nothing.
 *
 * Without a terminal ssh passes on no signal. So standard input stays open for as long as somebody waits, and its end
 * is the word to end: a watcher then kills the process group, which is this session's own (sshd begins a new one for
 * each). It comes when we abort, when we die, and when the connection is closed.
 */
export function remoteScript({ program, args, input }: Command, mark: string): string {
  const words = ["/usr/bin/env", "-i", `PATH=${SYSTEM_PATH}`, "LC_ALL=C", program, ...args].map(quote).join(" ");
  const fed = input === undefined ? words : `printf ${printfFormat(input)} | ${words}`;
  return `{
cd /
exec 3<&0 </dev/null
{ while read -r _ <&3; do :; done; kill -KILL 0; } >/dev/null 2>&1 &
watcher=$!
echo ${mark}
${fed} 3<&-
code=$?
kill -KILL $watcher
printf '\\n${mark}:%s\\n' "$code"
exit "$code"
}
`;
}

/** What the command printed and how it ended; null: the connection ended before it, or instead of it. */
export function readEnd(all: string, mark: string): { readonly out: string; readonly code: number | null } | null {
  const begin = all.indexOf(`${mark}\n`);
  const end = all.lastIndexOf(`\n${mark}:`);
  const [, digits] = /^:(\d{1,3})\n$/.exec(all.slice(end + 1 + mark.length)) ?? [];
  if (begin === -1 || end === -1 || digits === undefined) return null;
  const code = Number(digits);
  const out = all.slice(begin + mark.length + 1, end);
  return { out, code: code >= FIRST_SIGNAL && code <= LAST_SIGNAL ? null : code };
}
