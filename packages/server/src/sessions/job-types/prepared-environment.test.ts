import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { preparedEnvironment } from "./prepared-environment.ts";

let home: string;
let env: Record<string, string>;
const view = () => ({ env, sees: () => true });

/** A uv that takes its time and writes down what it was asked. */
const UV = `#!/bin/sh
echo "$*" >> "$HOME/asked"
case "$1" in
  venv) for place; do :; done; mkdir -p "$place/bin"; sleep 0.2; echo half > "$place/bin/python" ;;
  pip) [ ! -e "$HOME/broken" ] || { echo no such package >&2; exit 3; }; sleep 0.3 ;;
esac
`;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "stoa-prepare-"));
  mkdirSync(join(home, "tools"));
  writeFileSync(join(home, "tools/uv"), UV);
  chmodSync(join(home, "tools/uv"), 0o755);
  env = { HOME: home, PATH: `${join(home, "tools")}:/usr/bin:/bin` };
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const made = { kind: "packages", python: "python3", packages: ["jupyterlab", "a b;touch $HOME/x"] } as const;
const asked = (): string[] =>
  existsSync(join(home, "asked")) ? readFileSync(join(home, "asked"), "utf8").trim().split("\n") : [];

/** One step, in a group of its own. */
function begin(step: number): ChildProcess | null {
  const [file, ...args] = preparedEnvironment(made, view()).steps[step]?.command ?? [""];
  return file === "" ? null : spawn(file, args, { env, detached: true, stdio: "ignore" });
}

/** As a session's host does: each step unless its result is there. */
async function prepare(): Promise<number> {
  for (const { command, unless } of preparedEnvironment(made, view()).steps) {
    if (unless !== undefined && existsSync(unless)) continue;
    const [file, ...args] = command;
    const child = spawn(file, args, { env, stdio: "ignore" });
    const status = await new Promise<number>((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
    if (status !== 0) return status;
  }
  return 0;
}

describe("an environment made at first use", () => {
  it("is made once, however many sessions begin at the same time", async () => {
    expect(await Promise.all([prepare(), prepare(), prepare()])).toEqual([0, 0, 0]);
    const { folder } = preparedEnvironment(made, view());
    expect(asked()).toEqual([
      `venv --quiet --python python3 ${folder}`,
      `pip install --quiet --python ${folder}/bin/python -- jupyterlab a b;touch $HOME/x`,
    ]);
    expect(existsSync(join(home, "x"))).toBe(false);
    expect(existsSync(join(folder, ".stoa-ready"))).toBe(true);
    expect(await prepare()).toBe(0);
    expect(asked()).toHaveLength(2);
  });

  it("is made anew after a kill in the middle of either step", async () => {
    const { folder } = preparedEnvironment(made, view());
    for (const step of [0, 1]) {
      const child = begin(step);
      await sleep(step === 0 ? 100 : 450);
      if (child?.pid !== undefined) process.kill(-child.pid, "SIGKILL");
      expect(existsSync(join(folder, ".stoa-ready"))).toBe(false);
    }
    expect(await prepare()).toBe(0);
    expect(existsSync(join(folder, ".stoa-ready"))).toBe(true);
    expect(existsSync(join(folder, ".stoa-installing"))).toBe(false);
  });

  it("is not there when its packages could not be installed, and is tried again", async () => {
    writeFileSync(join(home, "broken"), "");
    expect(await prepare()).not.toBe(0);
    rmSync(join(home, "broken"));
    expect(await prepare()).toBe(0);
    expect(asked().filter((line) => line.startsWith("venv"))).toHaveLength(2);
  });

  it("is another one when what it is made of changes", () => {
    const folderOf = (packages: string[]) => preparedEnvironment({ ...made, packages }, view()).folder;
    expect(folderOf(["a"])).not.toBe(folderOf(["b"]));
    expect(folderOf(["a"])).toBe(folderOf(["a"]));
  });

  it("is unpacked from an archive, with or without a folder around it, and made fit by conda-unpack", async () => {
    const inner = join(home, "packed/env/bin");
    mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, "conda-unpack"), '#!/bin/sh\necho done > "$HOME/unpacked"\n');
    chmodSync(join(inner, "conda-unpack"), 0o755);
    for (const from of [join(home, "packed"), join(home, "packed/env")]) {
      const archive = join(home, `${from.length}.tar.gz`);
      spawnSync("tar", ["-czf", archive, "-C", from, "."]);
      const { folder, steps } = preparedEnvironment({ kind: "archive", archive, packages: [] }, view());
      const [file, ...args] = steps[0]?.command ?? [""];
      expect(spawnSync(file, args, { env, encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
      expect(existsSync(join(folder, "bin/conda-unpack"))).toBe(true);
      expect(readFileSync(join(home, "unpacked"), "utf8")).toBe("done\n");
      rmSync(join(home, "unpacked"));
    }
  });
});
