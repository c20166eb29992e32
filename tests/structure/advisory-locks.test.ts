import { expect, it } from "vitest";
import { readTree } from "./source-tree.ts";

const LOCK = /^(?:export )?const (\w+_LOCKS?) = ([\d_]+);/gm;
const DECLARED = /\b(?:const|let) \w+_LOCKS?\b/g;

/** PostgreSQL knows advisory locks by their numbers alone: whoever takes another's waits for it, or passes it over. */
it("no two advisory locks of the server have one number", () => {
  const files = readTree("packages/server/src");
  const locks = files.flatMap(({ path, text }) =>
    [...text.matchAll(LOCK)].map(([, name, digits]) => ({
      number: Number(digits?.replaceAll("_", "")),
      where: `${path}: ${name}`,
    })),
  );
  const declared = files.flatMap(({ text }) => text.match(DECLARED) ?? []);
  expect(locks.length, "each is a number, written where it is declared").toBe(declared.length);
  expect(locks.length).toBeGreaterThan(0);
  const shared = [...Map.groupBy(locks, ({ number }) => number)].filter(([, holders]) => holders.length > 1);
  expect(shared.map(([number, holders]) => `${number}: ${holders.map(({ where }) => where).join(", ")}`)).toEqual([]);
});
