import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isInSight } from "../resources/local/means/sight.ts";
import { tell } from "../sentences.ts";
import type { JobContext } from "./contract.ts";
import { sessionEnvironment } from "./environment.ts";
import { jupyterLab } from "./jupyter-lab.ts";
import { findProgram, findUnseen, whyNone } from "./programs.ts";

let root: string;
const at = (name: string): string => join(root, name);
/** Everything but what lies in the folder `hidden`. */
const sees = (path: string): boolean => !path.startsWith(at("hidden/"));
const view = (...folders: string[]) => ({ env: { PATH: folders.map(at).join(":"), HOME: "/nowhere" }, sees });

function program(name: string, text = "#!/bin/sh\n"): void {
  mkdirSync(join(at(name), ".."), { recursive: true });
  writeFileSync(at(name), text);
  chmodSync(at(name), 0o755);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "stoa-programs-"));
  program("hidden/jupyter-lab");
  program("seen/jupyter-notebook");
  program("script/jupyter-lab", `#! ${at("hidden/python")} -I\n`);
  program("tools/python3");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("a program that sessions can't see", () => {
  it("does not count: the next one is taken", () => {
    expect(findProgram(["jupyter-lab", "jupyter-notebook"], view("hidden", "seen"))).toEqual({
      name: "jupyter-notebook",
      path: at("seen/jupyter-notebook"),
    });
    expect(findUnseen(["jupyter-lab"], view("hidden"))?.path).toBe(at("hidden/jupyter-lab"));
  });

  it("nor does a script whose interpreter they can't see", () => {
    expect(findProgram(["jupyter-lab"], view("script"))).toBeNull();
    expect(findProgram(["jupyter-notebook"], view("seen"))).not.toBeNull();
  });

  it("is named as the reason; one that is nowhere is not", () => {
    expect(tell(whyNone(["jupyter-lab"], view("hidden"), "Nowhere.") ?? "")).toMatchObject({
      code: "program_unseen",
      params: { program: at("hidden/jupyter-lab") },
    });
    expect(whyNone(["code-server"], view("hidden"), "Nowhere.")).toBe("Nowhere.");
    expect(whyNone(["jupyter-notebook"], view("hidden", "seen"), "Nowhere.")).toBeNull();
  });

  it("has Jupyter made, and says why, where there is something to make it with", () => {
    const type = jupyterLab(null);
    expect(tell(type.missing?.(view("hidden")) ?? "").code).toBe("program_unseen");
    expect(type.missing?.(view("hidden", "tools"))).toBeNull();
    const steps = type.prepare?.(view("hidden", "tools") as unknown as JobContext) ?? [];
    expect(tell(steps[0]?.saying ?? "")).toMatchObject({
      code: "preparing_python_unseen",
      params: { program: at("hidden/jupyter-lab") },
    });
    expect(type.prepare?.(view("hidden", "seen", "tools") as unknown as JobContext)).toEqual([]);
  });

  it("is not what an environment is made with either", () => {
    program("hidden/python3");
    const made = (python: string) => jupyterLab({ kind: "packages", python, packages: [] });
    for (const python of [at("hidden/python3"), "python3"]) {
      expect(tell(made(python).missing?.(view("hidden")) ?? "")).toMatchObject({
        code: "program_unseen",
        params: { program: at("hidden/python3") },
      });
    }
    expect(tell(made("/nowhere/python3").missing?.(view("tools")) ?? "").code).toBe("program_missing");
    expect(made(at("tools/python3")).missing?.(view())).toBeNull();
  });

  it("is not taken from a configured environment either", () => {
    program("hidden/env/bin/jupyter-lab");
    const told = jupyterLab({ kind: "folder", folder: at("hidden/env") }).missing?.(view());
    expect(tell(told ?? "").code).toBe("program_unseen");
  });
});

describe("the PATH of sessions", () => {
  it("has absolute folders alone, and none of npm's", () => {
    const path = (PATH: string) => sessionEnvironment({ PATH }, { id: 1, workspaceId: 1 }).PATH;
    expect(path(".:bin:/opt/x/node_modules/.bin:/opt/bin::/usr/bin")).toBe("/opt/bin:/usr/bin");
    expect(path(".")).toContain("/usr/bin");
  });
});

describe("what is in sight", () => {
  const enclosure = { bubblewrap: "/usr/bin/bwrap", writable: [], readable: [], network: "shared" } as const;

  it("of an enclosure is what it doesn't hide, wherever links lead", () => {
    symlinkSync(at("hidden/jupyter-lab"), at("link"));
    const means = { enclosure: { ...enclosure, hidden: [at("hidden")], readable: [root] }, account: false };
    expect(isInSight(at("seen/jupyter-notebook"), means)).toBe(true);
    expect(isInSight(at("link"), means)).toBe(false);
    expect(isInSight(at("link"), { enclosure: undefined, account: false })).toBe(true);
  });

  it("of a system account is what is not closed to others on the way", () => {
    const means = { enclosure: undefined, account: true };
    chmodSync(root, 0o755);
    expect(isInSight(at("seen/jupyter-notebook"), means)).toBe(true);
    chmodSync(at("seen"), 0o700);
    expect(isInSight(at("seen/jupyter-notebook"), means)).toBe(false);
    chmodSync(at("seen"), 0o755);
    chmodSync(at("seen/jupyter-notebook"), 0o700);
    expect(isInSight(at("seen/jupyter-notebook"), means)).toBe(false);
    chmodSync(at("seen/jupyter-notebook"), 0o755);
    expect(isInSight(at("nowhere"), means)).toBe(false);
  });
});
