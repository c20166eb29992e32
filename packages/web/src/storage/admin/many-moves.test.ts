import { expect, test, vi } from "vitest";
import type { moveManyIn } from "../../api/move-ins.ts";
import { lookAtMany, moveMany, sumOfMoves } from "./many-moves.ts";

const ids = Array.from({ length: 250 }, (_, at) => at + 1);
const look = (id: number) => ({ id, why_not: null, workspaces: 2, in_trash: 1, sessions: 0, bytes: 10 });

test("many are asked for some at a time, and what can be moved is summed up", async () => {
  const ask = vi.fn(async (some: readonly number[]) => ({ items: some.map(look) }));
  const looks = await lookAtMany(ids, ask);
  expect(ask.mock.calls.map(([some]) => some.length)).toEqual([100, 100, 50]);
  expect(looks.map(({ id }) => id)).toEqual(ids);
  const stuck = { ...look(300), why_not: "sessions" as const };
  expect(sumOfMoves([...looks.slice(0, 3), stuck])).toEqual({ workspaces: 6, trash: 3, bytes: 30 });
});

test("what was begun is told although a later call fails; where nothing was begun, the failure is", async () => {
  const move = vi.fn<typeof moveManyIn>(async (some) => {
    if (some.includes(150)) throw new Error("away");
    return { items: some.map((id) => ({ id, operation_id: `op-${id}`, problem: null })) };
  });
  const begun = await moveMany(ids, move);
  expect(begun.map(({ problem }) => problem).filter((problem) => problem === "away")).toHaveLength(100);
  expect(begun.filter(({ operation_id }) => operation_id !== null)).toHaveLength(150);
  await expect(moveMany([150], move)).rejects.toThrow("away");
});
