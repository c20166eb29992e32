import { expect, test } from "vitest";
import type { LargeThing } from "../../api/storage-rescue.ts";
import { type Ended, outcomeOf } from "./erase-outcome.ts";

const thing = (workspace: number, path: string, entry: number | null = null): LargeThing => ({
  workspace: { id: workspace, name: "Thesis" },
  path,
  kind: "file",
  bytes: 1,
  trash_entry: entry,
  openable: true,
  download: null,
});
const accepted = { accepted: true, problem: null };

const ended = (kind: string, id: number, more: Partial<Ended> = {}): Ended => ({
  subject: { kind, id: String(id) },
  state: "succeeded",
  error: null,
  result: {},
  ...more,
});

test("each is gone or left by the operation of its own workspace, and by that of the trash", () => {
  const things = [thing(1, "a"), thing(1, "b"), thing(2, "a"), thing(1, "old", 7), thing(3, "x")];
  const items = [accepted, accepted, accepted, accepted, { accepted: false, problem: "not yours" }];
  const outcome = outcomeOf(things, { operations: ["one", "two", "three"], items }, [
    ended("workspace", 1, {
      result: {
        items: [
          { path: "a", done: true, problem: null },
          { path: "b", done: false, problem: "in use" },
        ],
      },
    }),
    ended("workspace", 2, { state: "failed", error: { code: "conflict", message: "full" }, result: null }),
    ended("trash", 1),
  ]);
  expect(outcome.gone).toEqual([things[0], things[3]]);
  expect(outcome.left).toEqual([
    { thing: things[1], problem: "in use" },
    { thing: things[2], problem: "full" },
    { thing: things[4], problem: "not yours" },
  ]);
});

test("what lies outside workspaces is gone or left by the operation of the storage", () => {
  const things = [
    { ...thing(1, "conda"), workspace: null },
    { ...thing(1, "a"), workspace: null },
  ];
  const outcome = outcomeOf(things, { operations: ["one"], items: [accepted, accepted] }, [
    ended("storage", 3, {
      result: {
        items: [
          { path: "conda", done: true, problem: null },
          { path: "a", done: false, problem: "not yours" },
        ],
      },
    }),
  ]);
  expect(outcome).toEqual({ gone: [things[0]], left: [{ thing: things[1], problem: "not yours" }] });
});

test("what was cancelled, or that nobody was at, is left without a reason", () => {
  const things = [thing(1, "a"), thing(2, "b")];
  const { gone, left } = outcomeOf(things, { operations: ["one"], items: [accepted, accepted] }, [
    ended("workspace", 1, { state: "cancelled", result: null }),
  ]);
  expect(gone).toEqual([]);
  expect(left.map(({ problem }) => problem)).toEqual([null, null]);
});
