import { expect, test } from "vitest";
import { levelOf, ownerName, tileName } from "./level.ts";

const GiB = 2 ** 30;

test.each([
  [0, 0, "ok"],
  [5 * GiB, 0, "ok"],
  [7.9 * GiB, 10 * GiB, "ok"],
  [8 * GiB, 10 * GiB, "near"],
  [10 * GiB - 4096, 10 * GiB, "full"],
  [10 * GiB, 10 * GiB, "full"],
  [10 * GiB + 1, 10 * GiB, "over"],
  // Of a small quota a mebibyte is much.
  [9_000, 10_000, "near"],
] as const)("%d of %d is %s", (used, effective_quota, level) => {
  expect(levelOf({ used, effective_quota })).toBe(level);
});

test("is called by whose it is", () => {
  const account = { id: 1, username: "ada", full_name: "Ada Lovelace" };
  expect(ownerName({ name: "u-1", account, group: null })).toBe("Ada Lovelace");
  expect(ownerName({ name: "u-1", account: { ...account, full_name: "" }, group: null })).toBe("ada");
  expect(ownerName({ name: "lab", account: null, group: { id: 2, name: "The lab" } })).toBe("The lab");
  expect(ownerName({ name: "grace", account: null, group: null })).toBe("grace");
});

test("is told apart in the map, where two have one owner's name", () => {
  const group = { id: 2, name: "lab" };
  expect(tileName({ name: "lab", account: null, group })).toBe("lab");
  expect(tileName({ name: "lab2", account: null, group })).toBe("lab2 (lab)");
  expect(tileName({ name: "lab", account: null, group: null })).toBe("lab");
});
