import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { JobContext } from "./contract.ts";
import { jupyterLab } from "./jupyter-lab.ts";

/** Says where its sockets would be, then does what it was told to do. */
const PROGRAM = `#!/bin/sh
echo "$JUPYTER_RUNTIME_DIR" > "$HOME/told"
mkdir -p "$JUPYTER_RUNTIME_DIR/kernel"
. "$HOME/then"
`;

/** Short, as people's own are: kernels' sockets have to fit. */
let home: string;
beforeEach(() => {
  home = mkdtempSync("/tmp/stoa-js-");
  mkdirSync(join(home, "bin"));
  mkdirSync(join(home, "tmp"));
  writeFileSync(join(home, "bin/jupyter-lab"), PROGRAM);
  chmodSync(join(home, "bin/jupyter-lab"), 0o755);
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const left = (): string[] => readdirSync(join(home, "tmp"));
const told = (): string => readFileSync(join(home, "told"), "utf8").trim();

/** Begins Jupyter as a session of the person's would. */
function begin(then: string, socket = "/nowhere/web.sock"): ChildProcess {
  writeFileSync(join(home, "then"), then);
  rmSync(join(home, "told"), { force: true });
  const view = { env: { PATH: "/usr/bin:/bin", HOME: home }, sees: () => true };
  const context = { ...view, hosts: [], origin: null } as unknown as JobContext;
  const [file, ...args] = jupyterLab({ kind: "folder", folder: home }).command(context);
  const env = { ...view.env, TMPDIR: join(home, "tmp"), STOA_SESSION_SOCKET: socket };
  return spawn(file, args, { env, cwd: home, stdio: "ignore", detached: true });
}
const end = async (child: ChildProcess): Promise<unknown[]> =>
  child.exitCode === null && child.signalCode === null ? once(child, "exit") : [child.exitCode, child.signalCode];

it.each([
  ["exit 0", [0, null]],
  ["exit 3", [3, null]],
  ["kill -KILL $$", [null, "SIGKILL"]],
] as const)("leaves nothing of its runtime folder, and ends as Jupyter did: %s", async (then, how) => {
  expect(await end(begin(then))).toEqual(how);
  expect(told()).toContain(join(home, "tmp/jupyter-"));
  expect(left()).toEqual([]);
});

it("removes it also when everything is asked to end, once Jupyter has", async () => {
  const child = begin(
    `trap 'touch "$JUPYTER_RUNTIME_DIR/kernel/last"; exit 0' TERM; touch "$HOME/up"; sleep 60 & wait`,
  );
  await expect.poll(() => existsSync(join(home, "up")), { timeout: 20_000 }).toBe(true);
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.kill(-(child.pid ?? 0), signal);
  await end(child);
  expect(left()).toEqual([]);
});

it("removes what a killed session left, and nothing that is in use", async () => {
  const killed = begin('touch "$HOME/first"; sleep 60');
  await expect.poll(() => existsSync(join(home, "first")), { timeout: 20_000 }).toBe(true);
  process.kill(-(killed.pid ?? 0), "SIGKILL");
  await end(killed);
  const [old = ""] = left();
  expect(old).toContain("jupyter-");
  mkdirSync(join(home, "tmp/jupyter-abcdef"));

  const second = begin('touch "$HOME/second"; sleep 60');
  await expect.poll(() => existsSync(join(home, "second")), { timeout: 20_000 }).toBe(true);
  const used = told();
  expect(left()).not.toContain(old);
  expect(await end(begin("exit 0"))).toEqual([0, null]);
  expect(existsSync(used)).toBe(true);
  // Not made by this: it stays.
  expect(left().sort()).toEqual(["jupyter-abcdef", used.split("/").at(-1)].sort());
  process.kill(-(second.pid ?? 0), "SIGKILL");
  await end(second);
});

it("has it in the enclosure's own temporary folder, and no shell besides, where there is one", async () => {
  const child = begin('echo "$PPID" > "$HOME/parent"', "/run/stoa/session/web.sock");
  await end(child);
  expect(told()).toMatch(/^\/tmp\/jupyter-......$/);
  expect(readFileSync(join(home, "parent"), "utf8").trim()).toBe(String(process.pid));
  rmSync(told(), { recursive: true });
  expect(left()).toEqual([]);
});
