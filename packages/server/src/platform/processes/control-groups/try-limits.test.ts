import { randomBytes } from "node:crypto";
import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { openControlGroups } from "./control-groups.ts";
import { findHierarchies } from "./hierarchies.ts";
import { trySessionLimits } from "./try-limits.ts";

const isRoot = process.getuid?.() === 0;

/** Names of trials in all hierarchies. */
function left(): string[] {
  const { v2, v1 } = findHierarchies();
  const parents = [v2?.parent ?? [], Object.values(v1)].flat();
  return parents.flatMap((folder) => readdirSync(folder)).filter((name) => name.startsWith("stoa-try"));
}

it("says why there is nothing when it says that, and leaves nothing", async () => {
  for (const broker of isRoot ? [true, false] : [false]) {
    const { groups, cpu, why } = await trySessionLimits(broker);
    expect(groups === null).toBe(why !== null);
    if (groups === null) expect(cpu).toBe(false);
  }
  // Of other tests on this machine, too: for some milliseconds each.
  await expect.poll(left, { timeout: 20_000 }).toEqual([]);
});

it.runIf(isRoot)("says the same by what root's broker then holds sessions", async () => {
  const log = { info: () => undefined, warn: () => undefined };
  const opened = openControlGroups(`try${randomBytes(6).toString("hex")}`, log);
  try {
    const limits = opened?.limits ?? null;
    const { v2, v1 } = findHierarchies();
    const cpu = { v2: v2?.controllers.has("cpu") === true, v1: v1.cpu !== undefined };
    const found = await trySessionLimits(true);
    expect(found).toMatchObject({ groups: limits, cpu: limits !== null && cpu[limits] });
    if (limits === null) expect(found.why).toMatch(/none|not to be had/);
  } finally {
    await opened?.removeAll();
    opened?.close();
  }
});

it.runIf(isRoot)("takes root's broker to make groups", async () => {
  expect(await trySessionLimits(false)).toMatchObject({ groups: null, why: expect.stringContaining("STOA_BROKER") });
});
