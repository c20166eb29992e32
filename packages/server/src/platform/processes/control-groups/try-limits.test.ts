import { readdirSync } from "node:fs";
import { expect, it } from "vitest";
import { findHierarchies } from "./hierarchies.ts";
import { trySessionLimits } from "./try-limits.ts";

const isRoot = process.getuid?.() === 0;

/** Names of trials in all hierarchies. */
function left(): string[] {
  const { v2, v1 } = findHierarchies();
  const parents = [v2?.parent ?? [], Object.values(v1)].flat();
  return parents.flatMap((folder) => readdirSync(folder)).filter((name) => name.startsWith("stoa-try"));
}

it("says by what a session would be held, or why by nothing, and leaves nothing", async () => {
  for (const broker of isRoot ? [true, false] : [false]) {
    const { groups, cpu, why } = await trySessionLimits(broker);
    expect(groups === null).toBe(why !== null);
    if (groups === null) expect(cpu).toBe(false);
  }
  // Of other tests on this machine, too: for some milliseconds each.
  await expect.poll(left, { timeout: 20_000 }).toEqual([]);
});

it.runIf(isRoot)("takes root's broker to make groups", async () => {
  expect(await trySessionLimits(false)).toMatchObject({ groups: null, why: expect.stringContaining("STOA_BROKER") });
});
