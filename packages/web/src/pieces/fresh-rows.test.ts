import { expect, test } from "vitest";
import { freshRows } from "./fresh-rows.ts";

const rows = (...ids: number[]) => ids.map((id) => ({ id, state: "old" }));
const page = (ids: number[], next: string | null = "more") => ({
  items: ids.map((id) => ({ id, state: "new" })),
  next_cursor: next,
});
const shown = (all: readonly { id: number; state: string }[]) => all.map(({ id, state }) => `${id} ${state}`);

test("what is new comes first, what changed takes its place, the rest stays", () => {
  expect(shown(freshRows(rows(5, 4, 3, 2, 1), page([6, 5, 4])))).toEqual([
    "6 new",
    "5 new",
    "4 new",
    "3 old",
    "2 old",
    "1 old",
  ]);
});

test("what no longer fits goes", () => {
  expect(shown(freshRows(rows(5, 4, 3, 2, 1), page([5, 3])))).toEqual(["5 new", "3 new", "2 old", "1 old"]);
  expect(freshRows(rows(5, 4), page([], null))).toEqual([]);
});

test("nothing is made up between what does not meet", () => {
  expect(shown(freshRows(rows(2, 1), page([9, 8])))).toEqual(["9 new", "8 new"]);
});
