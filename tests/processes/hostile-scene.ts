import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { dirname, join } from "node:path";
import { attachTerminal, type TerminalClient } from "../chaos/terminal-client.ts";
import { send } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { type Attempt, attempts, PRELUDE } from "./hostile-attempts.ts";
import { type Person, processFile, register, type Started, startAs, uidOf } from "./person.ts";

export const isRoot = process.getuid?.() === 0;
/** By it a program that can only listen on a port gets a network of its own. */
export const hasPorts = hasBubblewrap();
export const tried = attempts.filter(
  ({ needsRoot, needsPort }) => (isRoot || needsRoot !== true) && (hasPorts || needsPort !== true),
);

const ABSTRACT = "stoa-hostile-test";
/** Says its secret to whoever asks, on all addresses of its network and by an abstract name. */
const LISTENER = `use Socket; $SIG{CHLD} = "IGNORE";
  socket(my $port, AF_INET, SOCK_STREAM, 0); bind($port, pack_sockaddr_in($ARGV[0], INADDR_ANY)) or die "$!";
  socket(my $name, AF_UNIX, SOCK_STREAM, 0); bind($name, pack_sockaddr_un("\\0${ABSTRACT}")) or die "$!";
  listen($_, 9) for $port, $name;
  my $door = fork ? $port : $name;
  while (accept(my $c, $door)) {
    if (fork == 0) { sysread($c, my $asked, 4096); syswrite($c, "HTTP/1.1 200 OK\\r\\nContent-Length: 18\\r\\nConnection: close\\r\\n\\r\\nthe secret of bob\\n"); exit }
    close $c }`;

export interface Scene {
  readonly stoa: StoaProcess;
  readonly ann: Person;
  readonly bob: Person;
  readonly terminal: TerminalClient;
  /** ann's workspace, and the script that she has there. */
  readonly own: string;
  readonly script: string;
  readonly bobShell: number;
  /** In the network of bob's session with a port: programs, the inmost last. */
  readonly bobPort: readonly number[];
  readonly annJob: number;
  /** All attempts have been made, and what came of them is in ann's workspace. */
  readonly done: Promise<unknown>;
}

/** bob works and has something everywhere; ann has a terminal, and tries all that there is. */
export async function setScene(isolation: string): Promise<Scene> {
  const dataDir = newDataDir();
  const jobTypes = `${dataDir}/job-types.yaml`;
  const command = ["/usr/bin/perl", "-e", LISTENER.replace(/[{}]/g, "$&$&"), "{port}"];
  writeFileSync(jobTypes, JSON.stringify({ commands: { listener: { name: "Listener", command, ready: "port" } } }));
  const adminPassword = randomBytes(12).toString("base64url");
  const env = { STOA_LOCAL_ISOLATION: isolation, STOA_JOB_TYPES: jobTypes };
  const stoa = await startStoa({ dataDir, adminPassword, env });
  try {
    return await peopled(stoa);
  } catch (error) {
    await discard(stoa);
    throw error;
  }
}

async function peopled(stoa: StoaProcess): Promise<Scene> {
  const { dataDir } = stoa;
  const [ann, bob] = await Promise.all([register(stoa, "anna"), register(stoa, "bob")]);
  const [annsWork, bobsWork] = await Promise.all([workspaceOf(ann, "thesis"), workspaceOf(bob, "secret")]);
  const fill = async (): Promise<void> => {
    for (const name of ["secret.txt", "thrown.txt"]) await put(bob, bobsWork, name, "the secret of bob");
    await bob.client.call("DELETE", `/api/stoa/v1/workspaces/${bobsWork}/files?path=thrown.txt`);
  };
  const [bobs, anns, port] = await Promise.all([
    startAs(bob, bobsWork, dataDir, "terminal"),
    startAs(ann, annsWork, dataDir, "terminal"),
    hasPorts ? workspaceOf(bob, "port").then((id) => startAs(bob, id, dataDir, "listener")) : null,
    fill(),
  ]);
  ann.uid = uidOf(anns.host);
  bob.uid = uidOf(bobs.host);
  const folder = (kind: string, ...rest: (string | number)[]) => join(dataDir, kind, ...rest.map(String));
  const home = folder("homes", bob.id);
  const own = folder("workspaces", ann.id, annsWork);
  const run = folder("run/sessions", bobs.job);
  asBob(bob, `umask 077; mkdir -p ${home}/tmp; echo draft > ${home}/tmp/draft; echo secret > ${home}/.netrc`);
  const postmaster = readFileSync(folder("postgres/data/postmaster.pid"), "utf8").split("\n");
  const bobPort = port === null ? [] : downFrom(port.child);
  const values: Record<string, string | number> = {
    DATA: dataDir,
    OWN: own,
    BOB_WORKSPACE: folder("workspaces", bob.id, bobsWork),
    BOB_HOME: home,
    BOB_TRASH: folder("trash", bob.id),
    BOB_UPLOADS: uploadOf(bob, folder("workspaces", bob.id)),
    BOB_RUN: run,
    BOB_SOCKETS: socketsIn(run).join(" "),
    BOB_UID: bob.uid,
    BOB_SHELL: bobs.child,
    BOB_HOST: bobs.host,
    NEEDLE: turned(stoa.adminPassword),
    SERVER: stoa.serverPid(),
    BROKER: stoa.pid,
    DATABASE_PORT: postmaster[3] ?? "",
    DATABASE_FOLDER: postmaster[4] ?? "",
    ADDRESSES: Object.values(networkInterfaces())
      .flatMap((one = []) => one.map(({ address, scopeid }) => (scopeid ? "" : address)))
      .join(" "),
    WEB_PORT: new URL(stoa.url).port,
    ...(port === null ? {} : await portValues(port, folder("run/sessions", port.job), bob)),
    BOB_PORT_PIDS: bobPort.join(" "),
    ...controlGroups(anns.child),
  };
  if (port !== null) {
    asBob(bob, `umask 077; echo '${await cookieOf(bob, port.job)}' > ${home}/cookie`);
    await put(ann, annsWork, "cookie", await cookieOf(ann, anns.job));
  }
  await put(ann, annsWork, "hostile.sh", hostileScript(values));
  const terminal = await attachTerminal(ann.client, anns.job);
  terminal.type("sh hostile.sh everything; echo tried-everything-$?.\n");
  const done = terminal.see(/tried-everything-0\./, 60_000);
  // Waited for later: till then nobody minds.
  done.catch(() => undefined);
  const script = join(own, "hostile.sh");
  return { stoa, ann, bob, terminal, own, script, bobShell: bobs.child, bobPort, annJob: anns.job, done };
}

/** By thirteen letters: in no process of the script's is what it looks for. */
function turned(text: string): string {
  return text.replace(/[a-z]/gi, (letter) => {
    const first = letter <= "Z" ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - first + 13) % 26) + first);
  });
}

async function workspaceOf(person: Person, name: string): Promise<number> {
  const body = { name, description: "", workspace_details: {} };
  return (await person.client.call("POST", "/workspaces/", body)).json.data.workspace.id;
}

async function put(person: Person, workspace: number, path: string, content: string): Promise<void> {
  const address = `/api/stoa/v1/workspaces/${workspace}/files/content?path=${path}`;
  const type = { "Content-Type": "application/octet-stream" };
  const { status, text } = await person.client.call("PUT", address, Buffer.from(content), type);
  if (status >= 300) throw new Error(`${path}: ${text}`);
}

async function portValues({ job }: Started, run: string, { client }: Person) {
  const ticket = await client.call("POST", `/api/stoa/v1/sessions/${job}/ticket`);
  const { port } = JSON.parse(readFileSync(join(run, "job.json"), "utf8")) as { port: number };
  return {
    BOB_PORT: port,
    BOB_ABSTRACT: ABSTRACT,
    BOB_PORT_HOST: new URL(ticket.json.url as string).host,
    BOB_PORT_SOCKETS: [...socketsIn(run), ...socketsIn(join(run, "sockets")).map((name) => `sockets/${name}`)]
      .map((name) => join(run, name))
      .join(" "),
  };
}

function socketsIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".sock")) : [];
}

/** What a browser sends once it has opened a session of its own. */
async function cookieOf({ client }: Person, job: number): Promise<string> {
  const ticket = await client.call("POST", `/api/stoa/v1/sessions/${job}/ticket`);
  const { host, port, pathname, search } = new URL(ticket.json.url as string);
  const opened = await send(`http://127.0.0.1:${port}${pathname}${search}`, "GET", undefined, { Host: host });
  return opened.headers.get("set-cookie")?.split(";")[0] ?? "";
}

/** A process and those below it, the inmost last. */
function downFrom(pid: number): number[] {
  const [child] = processFile(pid, `task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
  return child === undefined ? [pid] : [pid, ...downFrom(child)];
}

/** Where everybody's sessions run as one account, it is bob's too. */
function personOf({ uid }: Person): string[] {
  return isRoot ? ["setpriv", `--reuid=${uid}`, `--regid=${uid}`, "--clear-groups"] : [];
}

function asBob(bob: Person, script: string): void {
  const [program = "", ...rest] = [...personOf(bob), "sh", "-c", script];
  execFileSync(program, rest);
}

/** Half an upload, as its agent keeps it beside the workspaces. */
function uploadOf(bob: Person, folder: string): string {
  const place = join(folder, ".stoa-uploads-of-the-test");
  asBob(bob, `umask 077; mkdir -p ${place}; echo half > ${place}/part`);
  return place;
}

/** The files by which ann's limits could be raised and left, in whichever version of control groups holds them. */
function controlGroups(shell: number): Record<string, string> {
  const places = processFile(shell, "cgroup")
    .trim()
    .split("\n")
    .map((line) => line.split(":"));
  const at = (controller: string, ...names: string[]): string[] =>
    places.flatMap(([, controllers = "", path = ""]) => {
      const mounts =
        controllers === "" ? ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"] : [`/sys/fs/cgroup/${controllers}`];
      if (controllers !== "" && !controllers.split(",").includes(controller)) return [];
      const above = [path, dirname(path), dirname(dirname(path))];
      return mounts.flatMap((mount) => above.flatMap((one) => names.map((name) => join(mount, one, name))));
    });
  const there = (paths: string[]) => [...new Set(paths)].filter((path) => existsSync(path)).join(" ");
  return {
    CGROUP_MEMORY: there(at("memory", "memory.limit_in_bytes", "memory.max")),
    CGROUP_PIDS: there(at("pids", "pids.max")),
    CGROUP_OUTSIDE: there(["memory", "pids", "unified", "."].map((one) => join("/sys/fs/cgroup", one, "cgroup.procs"))),
  };
}

/** `everything`: each in a process of its own, its words in `said-NAME` and its status in `ended-NAME`. */
function hostileScript(values: Readonly<Record<string, string | number>>): string {
  const settings = Object.entries(values).map(([name, value]) => `export ${name}='${value}'`);
  const cases = attempts.map(({ name, script }) => `${name}) ${script};;`);
  const everything = `everything) for n in ${tried.map(({ name }) => name).join(" ")}; do
    timeout --foreground 20 sh "$0" $n > "$OWN/said-$n" 2>&1; echo $? > "$OWN/ended-$n"; done;;`;
  const beside = 'beside) join_network "$2" sh "$0" "$3";;';
  return [...settings, PRELUDE, 'case "$1" in', ...cases, everything, beside, "*) exit 99;;", "esac", ""].join("\n");
}

/** What came of ann's attempt. */
export function outcome({ own }: Scene, { name }: Attempt): { readonly status: number; readonly words: string } {
  const read = (kind: string) => readFileSync(join(own, `${kind}-${name}`), "utf8");
  return { status: Number(read("ended")), words: read("said") };
}

/**
 * The very same lines, by somebody who may.
 * @param more added to the environment
 */
export function control(scene: Scene, { name, control: who, proof }: Attempt, more: Record<string, string> = {}) {
  const text = `/tmp/stoa-hostile-control-${process.pid}.sh`;
  writeFileSync(text, readFileSync(scene.script), { mode: 0o644 });
  const [program = "", ...rest] = [...(who === "bob" ? personOf(scene.bob) : []), "sh", text];
  const args = who === "neighbour" ? ["beside", String(ownNetwork(scene)), name] : [name];
  try {
    const settings = { encoding: "utf8", stdio: "pipe", cwd: "/", env: { ...process.env, ...more } } as const;
    const printed = execFileSync(program, [...rest, ...args], settings);
    return `works ${proof?.exec(printed)?.[0] ?? ""}`;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return proof?.test(stdout) === true ? "works" : `failed: ${stdout} ${stderr}`;
  } finally {
    rmSync(text);
  }
}

/** A process in the network of bob's session with a port. */
function ownNetwork({ bobPort }: Scene): number | undefined {
  return bobPort.find((pid) => ![null, networkOf("self")].includes(networkOf(pid)));
}

function networkOf(pid: number | "self"): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    // Not root, the inmost are closed even to their own account.
    return null;
  }
}

function reaches(command: readonly string[]): boolean {
  const [program = "", ...rest] = command;
  try {
    execFileSync(program, rest, { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

function hasBubblewrap(): boolean {
  return reaches(["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]);
}
