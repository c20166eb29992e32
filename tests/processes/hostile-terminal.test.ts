import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { attachTerminal, type TerminalClient } from "../chaos/terminal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";
import { type Attempt, attempts, PRELUDE } from "./hostile-attempts.ts";
import { type Person, processFile, register, shellAs, uidOf } from "./person.ts";

const isRoot = process.getuid?.() === 0;

interface Scene {
  readonly stoa: StoaProcess;
  readonly ann: Person;
  readonly bob: Person;
  readonly terminal: TerminalClient;
  /** ann's workspace, and the script that she has there. */
  readonly own: string;
  readonly script: string;
  readonly bobShell: number;
  readonly annJob: number;
}

/** bob works and has something everywhere; ann has a terminal. */
async function setScene(isolation: string): Promise<Scene> {
  const dataDir = newDataDir();
  const stoa = await startStoa({ dataDir, env: { STOA_LOCAL_ISOLATION: isolation } });
  const ann = await register(stoa, "anna");
  const bob = await register(stoa, "bob");
  const workspaceOf = async (person: Person, name: string): Promise<number> => {
    const body = { name, description: "", workspace_details: {} };
    return (await person.client.call("POST", "/workspaces/", body)).json.data.workspace.id;
  };
  const put = (person: Person, workspace: number, path: string, content: string) =>
    person.client.call("PUT", `/api/stoa/v1/workspaces/${workspace}/files/content?path=${path}`, Buffer.from(content), {
      "Content-Type": "application/octet-stream",
    });
  const [annsWork, bobsWork] = [await workspaceOf(ann, "thesis"), await workspaceOf(bob, "secret")];
  for (const name of ["secret.txt", "thrown.txt"]) await put(bob, bobsWork, name, "the secret of bob");
  await bob.client.call("DELETE", `/api/stoa/v1/workspaces/${bobsWork}/files?path=thrown.txt`);
  const bobs = await shellAs(bob, bobsWork, dataDir);
  const anns = await shellAs(ann, annsWork, dataDir);
  ann.uid = uidOf(anns.host);
  bob.uid = uidOf(bobs.host);
  const folder = (kind: string, ...rest: (string | number)[]) => join(dataDir, kind, ...rest.map(String));
  const home = folder("homes", bob.id);
  asBob(bob, `umask 077; mkdir -p ${home}/tmp; echo draft > ${home}/tmp/draft; echo secret > ${home}/.netrc`);
  const own = folder("workspaces", ann.id, annsWork);
  const run = folder("run/sessions", bobs.job);
  const postmaster = readFileSync(folder("postgres/data/postmaster.pid"), "utf8").split("\n");
  const values: Record<string, string | number> = {
    DATA: dataDir,
    OWN: own,
    BOB_WORKSPACE: folder("workspaces", bob.id, bobsWork),
    BOB_HOME: home,
    BOB_TRASH: folder("trash", bob.id),
    BOB_UPLOADS: uploadOf(bob, folder("workspaces", bob.id)),
    BOB_RUN: run,
    BOB_SOCKETS: readdirSync(run)
      .filter((name) => name.endsWith(".sock"))
      .join(" "),
    BOB_UID: bob.uid,
    BOB_SHELL: bobs.child,
    BOB_HOST: bobs.host,
    SERVER: stoa.serverPid(),
    BROKER: stoa.pid,
    DATABASE_PORT: postmaster[3] ?? "",
    DATABASE_FOLDER: postmaster[4] ?? "",
    ...controlGroups(anns.child),
  };
  const script = join(own, "hostile.sh");
  await put(ann, annsWork, "hostile.sh", hostileScript(values));
  const terminal = await attachTerminal(ann.client, anns.job);
  return { stoa, ann, bob, terminal, own, script, bobShell: bobs.child, annJob: anns.job };
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

function hostileScript(values: Readonly<Record<string, string | number>>): string {
  const settings = Object.entries(values).map(([name, value]) => `export ${name}='${value}'`);
  const cases = attempts.map(({ name, script }) => `${name}) ${script};;`);
  return [...settings, PRELUDE, 'case "$1" in', ...cases, "*) exit 99;;", "esac", ""].join("\n");
}

/** The very same lines, by somebody who may. */
function control({ script, bob }: Scene, { name, control: who, proof }: Attempt): string {
  const text = `/tmp/stoa-hostile-control-${process.pid}.sh`;
  writeFileSync(text, readFileSync(script), { mode: 0o644 });
  const command = [...(who === "bob" ? personOf(bob) : []), "sh", text, name];
  try {
    const printed = execFileSync(command[0] ?? "", command.slice(1), { encoding: "utf8", stdio: "pipe", cwd: "/" });
    return `works ${proof?.exec(printed)?.[0] ?? ""}`;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    return proof?.test(stdout) === true ? "works" : `failed: ${stdout} ${stderr}`;
  } finally {
    rmSync(text);
  }
}

/** Without root there is no account but one's own; what then keeps people apart needs bubblewrap. */
const modes = isRoot
  ? [
      { isolation: "account", says: "by accounts alone" },
      { isolation: "auto", says: "by all that this machine has" },
    ]
  : hasBubblewrap()
    ? [{ isolation: "sandbox", says: "by enclosures alone" }]
    : [];

function hasBubblewrap(): boolean {
  try {
    execFileSync("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "true"], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(modes.length === 0)("a hostile terminal (needs root or bubblewrap)", () => {
  it("is tried in each way that this machine keeps people apart", () => expect(modes.length).toBeGreaterThan(0));
});

describe.each(modes)("a hostile terminal, kept apart $says", { timeout: 90_000 }, ({ isolation }) => {
  let scene: Scene;

  beforeAll(async () => {
    scene = await setScene(isolation);
  }, 90_000);
  afterAll(async () => {
    scene?.terminal.close();
    if (scene !== undefined) await discard(scene.stoa);
  }, 60_000);

  it.each(attempts.filter(({ needsRoot }) => isRoot || needsRoot !== true))("can't $name", async (attempt) => {
    const { terminal } = scene;
    const said = join(scene.own, `said-${attempt.name}`);
    terminal.type(`sh hostile.sh ${attempt.name} > said-${attempt.name} 2>&1; echo tried-${attempt.name}-$?.\n`);
    const status = Number((await terminal.see(new RegExp(`tried-${attempt.name}-(\\d+)\\.`)))[1]);
    const words = readFileSync(said, "utf8");
    // Tried, and refused by the system: neither a mistake of the script's nor a program that is not there.
    expect([0, 99, 127], words).not.toContain(status);
    expect(words).not.toMatch(/syntax error|: not found$/m);
    expect(control(scene, attempt), `ann: ${status} ${words}`).toMatch(/^works/);
  });

  it("can't have another's processes ended by lies about its own session", async () => {
    const { terminal, stoa, annJob, ann, bobShell } = scene;
    const run = join(stoa.dataDir, "run/sessions", String(annJob));
    for (const name of ["child.json", "host.json"]) {
      terminal.type(`sed -i 's/"pid": *[0-9]*/"pid":${bobShell}/' '${run}/${name}'; echo lied-${name}-$?.\n`);
      await terminal.see(new RegExp(`lied-${name}-\\d+\\.`));
    }
    expect((await ann.client.call("PUT", `/jobs/${annJob}/stop/`)).status).toBe(200);
    await expect
      .poll(async () => (await ann.client.call("GET", `/jobs/${annJob}/`)).json.data.jobs[0].status, {
        timeout: 30_000,
      })
      .toMatch(/complete|failed/);
    expect(existsSync(`/proc/${bobShell}/status`)).toBe(true);
  });
});
