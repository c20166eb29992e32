import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type JobFile, RUN_FILES } from "../job-file.ts";
import { fileView, INSIDE, ownResolver, resolverFile, type Shown } from "./file-view.ts";
import { inOwnNetwork, isLedOut, resolverOf } from "./network.ts";

export type Command = readonly [string, ...string[]];

export type Enclosable = Pick<JobFile, "enclosure" | "program" | "web" | "port" | "account">;

/** `.ts`, or `.mjs` where the host runs without types. */
const KIND = import.meta.url.slice(import.meta.url.lastIndexOf("."));
const BRIDGE = fileURLToPath(new URL(`./bridge${KIND}`, import.meta.url));
/** Alone in its folder in there, its name has to say that it is a module. */
const BRIDGE_INSIDE = `${INSIDE.bridge}${KIND === ".ts" ? ".mts" : KIND}`;
/** Signals that reach bubblewrap itself, as one of the terminal's foreground: it would end, and all in it. */
const NOT_FOR_IT = "HUP,INT,QUIT,TERM";
/** The bridge is nobody's child: a program that waits for its children must not find one that it never had. */
const BESIDE = '("$1" -i "$2" --max-old-space-size=64 "$3" "$4" "$5" </dev/null >/dev/null &) ; shift 5; exec "$@"';

/**
 * The command that runs this one in the job's enclosure; the command itself, where the job has none. It becomes
 * bubblewrap, whose end ends all in it. Works in the job's run folder, which the enclosure does not see.
 *
 * No `--new-session`: an interactive shell needs its terminal. What that option is for, typing into the terminal of
 * whoever started the enclosure (TIOCSTI), does no harm here: the pty is this program's alone, its other end is the
 * host's, and nothing outside reads what is typed there.
 * @param as `program`: with its socket's folder and, where it listens on a port, the bridge there; `step`: without
 */
export function enclosed(job: Enclosable, command: Command, as: "program" | "step"): Command {
  const { enclosure, program } = job;
  if (enclosure === undefined) return command;
  const { network } = enclosure;
  const port = as === "program" ? job.port : undefined;
  const bubblewrap = [
    ...[enclosure.bubblewrap, "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts"],
    ...["--unshare-cgroup-try", "--die-with-parent", "--cap-drop", "ALL"],
    ...["--uid", String(process.getuid?.()), "--gid", String(process.getgid?.())],
    ...(network === "closed" ? ["--unshare-net"] : []),
    ...fileView({ ...enclosure, writable: [...enclosure.writable, program.cwd] }, shown(job, as), !job.account),
    ...["--chdir", program.cwd, "--"],
    ...["/usr/bin/env", `--default-signal=${NOT_FOR_IT}`],
    ...(port === undefined ? [] : bridged(port)),
    ...command,
  ] as const;
  return ["/usr/bin/env", `--ignore-signal=${NOT_FOR_IT}`, ...(isLedOut(network) ? inOwnNetwork() : []), ...bubblewrap];
}

function bridged(port: number): string[] {
  const { node, sockets } = INSIDE;
  return [
    "/bin/sh",
    "-c",
    BESIDE,
    "sh",
    "/usr/bin/env",
    node,
    BRIDGE_INSIDE,
    String(port),
    join(sockets, RUN_FILES.web),
  ];
}

function shown(job: Enclosable, as: "program" | "step"): Shown[] {
  const network = job.enclosure?.network ?? "shared";
  const resolver = resolverFile();
  const names: Shown[] =
    isLedOut(network) && resolver !== null
      ? [{ source: resolverOf(network), at: resolver, writable: false }]
      : ownResolver();
  if (as === "step" || job.web !== "program") return names;
  return [
    ...names,
    { source: resolve(RUN_FILES.sockets), at: INSIDE.sockets, writable: true },
    ...(job.port === undefined
      ? []
      : [
          { source: process.execPath, at: INSIDE.node, writable: false },
          { source: BRIDGE, at: BRIDGE_INSIDE, writable: false },
        ]),
  ];
}
