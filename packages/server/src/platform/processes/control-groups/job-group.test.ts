import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { makeBases, makeJobGroup } from "./job-group.ts";

/** A hierarchy of plain files: what is written where, on machines that are not this one. */
let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "stoa-hierarchy-"));
});
afterEach(() => rmSync(parent, { recursive: true }));

const GIB = 2 ** 30;
const share = { cpus: 1.5, memoryBytes: GIB, processes: 100 };

it("limits by v2: the program to its share, and all of the session to that and what its host may need", () => {
  const base = join(parent, "stoa-x");
  mkdirSync(join(base, "1-7", "program"), { recursive: true });
  const whole = join(base, "1-7");
  for (const folder of [parent, base]) writeFileSync(join(folder, "cgroup.subtree_control"), "memory pids cpu");
  // In the kernel's these are there; what is not there is not this kernel's.
  for (const folder of [whole, join(whole, "program")]) {
    for (const name of ["cpu.max", "memory.swap.max", "cgroup.kill"]) writeFileSync(join(folder, name), "");
  }
  const controllers = new Set(["cpu", "memory", "pids", "io"]);
  const bases = makeBases({ v2: { parent, controllers }, v1: {} }, "stoa-x");
  if (bases === null) throw new Error("there are none");
  // A plain file keeps only what was written last.
  writeFileSync(join(base, "cgroup.subtree_control"), "memory pids cpu");
  expect(bases.tree).toEqual({ kind: "v2", base });
  const group = makeJobGroup({ ...bases, limits: "v2" }, "1-7", share, null);
  const program = join(whole, "program");
  expect(group).toEqual({
    limits: "v2",
    ending: "kill",
    enter: [program],
    processes: program,
    memory: program,
    count: program,
    host: [join(whole, "host")],
  });
  const told = (folder: string) =>
    ["memory.max", "memory.swap.max", "pids.max", "cpu.max"].map((name) => readFileSync(join(folder, name), "utf8"));
  expect(told(program)).toEqual([String(GIB), "0", "100", "150000 100000"]);
  expect(told(whole)).toEqual([String(GIB + 256 * 2 ** 20), "0", "164", "250000 100000"]);
});

it("passes no controllers on from a group that holds processes: what is below could not be entered any more", () => {
  for (const [name, text] of [
    ["cgroup.type", "domain\n"],
    ["cgroup.procs", "1\n"],
    ["cgroup.subtree_control", ""],
  ] as const) {
    writeFileSync(join(parent, name), text);
  }
  const controllers = new Set(["cpu", "memory", "pids"]);
  const find = () => makeBases({ v2: { parent, controllers }, v1: {} }, "stoa-x");
  expect(find()).toMatchObject({ tree: { kind: "v2" }, limits: null });
  expect(readFileSync(join(parent, "cgroup.subtree_control"), "utf8")).toBe("");
  writeFileSync(join(parent, "cgroup.procs"), "");
  find();
  expect(readFileSync(join(parent, "cgroup.subtree_control"), "utf8")).toContain("+cpu");
});

it("limits by nothing where a hierarchy has no controllers, or lacks one that matters", () => {
  expect(makeBases({ v2: { parent, controllers: new Set() }, v1: {} }, "a")?.limits).toBeNull();
  expect(makeBases({ v2: { parent, controllers: new Set() }, v1: { memory: parent } }, "b")).toMatchObject({
    limits: null,
    v1: {},
  });
  expect(makeBases({ v2: null, v1: { memory: parent, pids: parent } }, "c")).toBeNull();
});
