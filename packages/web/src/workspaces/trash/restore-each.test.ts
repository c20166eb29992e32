import { expect, test } from "vitest";
import type { TrashEntry } from "../../api/types.ts";
import type { TakenChoice } from "../files/place-each.ts";
import { restoreEach } from "./restore-each.ts";

const entry = (id: number, kind: TrashEntry["kind"] = "file"): TrashEntry => ({
  id,
  kind,
  path: kind === "workspace" ? "" : `f${id}`,
  workspace: { id: 1, name: "w" },
  size: 0,
  deleted_at: "2026-01-01T00:00:00.000Z",
  expires_at: "2026-02-01T00:00:00.000Z",
});

/** What was done, in order. */
async function restored(entries: readonly TrashEntry[], taken: readonly number[], answers: [TakenChoice, boolean][]) {
  const done: string[] = [];
  const back = await restoreEach(entries, {
    restore: async ({ id, path }) => {
      done.push(`back ${id}`);
      return { workspace_id: 1, path };
    },
    isTaken: async ({ id }) => taken.includes(id),
    ask: async (path, more) => {
      done.push(`ask ${path} ${more}`);
      const [choice, all] = answers.shift() ?? ["stop", true];
      return { choice, all };
    },
    makeRoom: async ({ id }) => void done.push(`room ${id}`),
  });
  return { done, back: back.map((one) => one.entry.id) };
}

test("workspaces come first, and nobody is asked where a name is free", async () => {
  expect(await restored([entry(1), entry(2, "workspace")], [], [])).toEqual({
    done: ["back 2", "back 1"],
    back: [2, 1],
  });
});

test("a taken name is asked about: both, instead, not this one, none from here on", async () => {
  const all = [entry(1), entry(2), entry(3), entry(4)];
  const answers: [TakenChoice, boolean][] = [
    ["keep_both", false],
    ["replace", false],
    ["skip", false],
  ];
  expect(await restored(all, [1, 2, 3, 4], answers)).toEqual({
    done: ["ask f1 3", "back 1", "ask f2 2", "room 2", "back 2", "ask f3 1", "ask f4 0"],
    back: [1, 2],
  });
});

test("one answer may be for all that follow", async () => {
  const { done } = await restored([entry(1), entry(2), entry(3)], [1, 2, 3], [["replace", true]]);
  expect(done).toEqual(["ask f1 2", "room 1", "back 1", "room 2", "back 2", "room 3", "back 3"]);
});
