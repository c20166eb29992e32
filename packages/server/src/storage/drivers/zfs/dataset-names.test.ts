import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Place } from "../../hosts/contract.ts";
import { foundName, nameOf } from "../../names.ts";
import { datasetName, datasetOf, namedOtherwise, nameOfDataset, placeOfDataset } from "./dataset-names.ts";

const LETTERS = [..."abcdefABCDEFzZ0189-_éàßẞœŒÿŸžŽīÅ"];
const name = fc.string({ unit: fc.constantFrom(...LETTERS), minLength: 1, maxLength: 30 }).map(nameOf);

test.each([
  ["ada", "ada"],
  ["josé", "jos:c3a9"],
  ["éa9", ":c3a9a9"],
  ["Œuvre_ẞ-1", ":c592uvre_:e1ba9e-1"],
])("%s is the dataset %s", (given, dataset) => {
  expect(datasetName(given)).toBe(dataset);
  expect(nameOfDataset(dataset)).toBe(given);
});

test("every name comes back from its dataset's, which ZFS takes", () => {
  fc.assert(
    fc.property(name, (given) => {
      const dataset = datasetName(given);
      expect(dataset).toMatch(/^[A-Za-z0-9_:-]+$/);
      expect(nameOfDataset(dataset)).toBe(given);
    }),
  );
});

test("no two names have one dataset, and no dataset that ZFS takes has two names", () => {
  const part = fc.string({ unit: fc.constantFrom(..."abcde39:89-_."), minLength: 1, maxLength: 12 });
  const coded = fc.array(fc.oneof(part, fc.constantFrom(":c3a9", ":c3", ":e1ba9e", ":C3A9")), { maxLength: 4 });
  fc.assert(
    fc.property(
      coded.map((parts) => parts.join("")),
      (dataset) => {
        const read = nameOfDataset(dataset);
        if (read === null) return;
        expect(foundName(read)).toBe(read);
        expect(datasetName(read)).toBe(dataset);
      },
    ),
    { numRuns: 2000 },
  );
});

describe("places", () => {
  test.each<[Place, string]>([
    [{ kind: "base" }, "tank/home"],
    [{ kind: "groups" }, "tank/home/groups"],
    [{ kind: "trashes" }, "tank/home/.stoa-trash"],
    [{ kind: "user", name: "josé" }, "tank/home/jos:c3a9"],
    [{ kind: "group", name: "lab" }, "tank/home/groups/lab"],
    [{ kind: "trash", name: "12-1" }, "tank/home/.stoa-trash/12-1"],
  ])("%j is %s", (place, dataset) => {
    expect(datasetOf(place, "tank/home")).toBe(dataset);
    expect(placeOfDataset(dataset, "tank/home")).toEqual(place);
  });

  test.each([
    "tank/home2",
    "tank/homes/ada",
    "tank",
    "tank/home/ada/sub",
    "tank/home/groups/lab/sub",
    "tank/home/a.b",
    "tank/home/:trash",
    "tank/home/jos:C3A9",
    "tank/home/jos:c3a9x:",
    "tank/home/e:cc81",
  ])("%s is nothing of ours", (dataset) => {
    expect(placeOfDataset(dataset, "tank/home")).toBeNull();
  });
});

test.each([
  ["tank/home/a.b", { kind: "user", name: "a.b" }],
  ["tank/home/groups/a b", { kind: "group", name: "a b" }],
  ["tank/home/jos:c3", { kind: "user", name: "jos:c3" }],
  ["tank/home", null],
  ["tank/home/ada", null],
  ["tank/home/jos:c3a9", null],
  ["tank/home/groups", null],
  ["tank/home/groups/lab", null],
  ["tank/home/.stoa-trash", null],
  ["tank/home/.stoa-trash/a.b", null],
  ["tank/home/ada/a.b", null],
  ["tank/homes/a.b", null],
])("%s is left alone for its name: %j", (dataset, left) => {
  const found = namedOtherwise(dataset, "tank/home");
  if (left === null) expect(found).toBeNull();
  else expect(found).toEqual({ ...left, because: "a name has letters, digits, - and _ only" });
});
