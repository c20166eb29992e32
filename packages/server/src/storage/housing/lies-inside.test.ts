import { expect, it } from "vitest";
import type { Housed } from "../../platform/processes/inside-storage.ts";
import { createTestPlatform, testConfig } from "../../testing/test-platform.ts";
import { noHousing } from "./contract.ts";
import { createLiesInside } from "./lies-inside.ts";

function ask(place: () => Promise<Housed>, workspaces: "inside" | "apart") {
  let looks = 0;
  const placeOf = () => {
    looks += 1;
    return place();
  };
  const base = testConfig();
  const platform = createTestPlatform({ config: { ...base, storage: { ...base.storage, workspaces } } });
  return { liesInside: createLiesInside(platform, { ...noHousing.houses, placeOf }), looks: () => looks };
}

it.each([
  ["inside", "apart", true],
  ["apart", "inside", false],
  // Nothing is there yet: it begins where the setting says.
  ["empty", "inside", true],
  ["empty", "apart", false],
] as const)("workspaces that are %s where the setting says %s", async (place, setting, isInside) => {
  expect(await ask(async () => place, setting).liesInside(1)).toBe(isInside);
});

it("looks at the disk once, unless there is nothing yet", async () => {
  for (const [place, looks] of [
    ["inside", 1],
    ["apart", 1],
    ["empty", 3],
  ] as const) {
    const asked = ask(async () => place, "inside");
    for (let n = 0; n < 3; n += 1) await asked.liesInside(1);
    expect(asked.looks(), place).toBe(looks);
  }
});

it("refuses nothing where it can't be told, and looks again", async () => {
  let isAway = true;
  const { liesInside } = ask(async () => {
    if (isAway) throw new Error("the broker is away");
    return "inside";
  }, "inside");
  expect(await liesInside(1)).toBe(false);
  isAway = false;
  expect(await liesInside(1)).toBe(true);
});
