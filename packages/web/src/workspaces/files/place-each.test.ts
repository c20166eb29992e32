import { describe, expect, test, vi } from "vitest";
import { ApiError } from "../../api/api-error.ts";
import { placeEach, type TakenAnswer } from "./place-each.ts";

const ways = (...names: string[]) => names.map((name) => ({ from: `here/${name}`, to: `there/${name}` }));

/** A folder with these paths, and who answers. */
function folder(paths: readonly string[], ...answers: TakenAnswer[]) {
  const there = new Set(paths);
  return {
    act: vi.fn(async ({ to }: { from: string; to: string }, replace: boolean) => {
      if (to === "there/forbidden") throw new ApiError({ status: 409, code: "conflict", message: "permissions" });
      if (there.has(to) && !replace) throw new ApiError({ status: 409, code: "conflict", message: "taken" });
      there.add(to);
      return to;
    }),
    isTaken: async (path: string) => there.has(path),
    ask: vi.fn(async () => answers.shift() ?? { choice: "stop" as const, all: true }),
  };
}

const places = (placed: readonly { to: string; replaced: boolean }[]) =>
  placed.map(({ to, replaced }) => (replaced ? `${to} replaced` : to));

describe("placing one after the other", () => {
  test("asks nothing where nothing is in the way", async () => {
    const there = folder([]);
    expect(places(await placeEach(ways("a", "b"), there))).toEqual(["there/a", "there/b"]);
    expect(there.ask).not.toHaveBeenCalled();
  });

  test("does what is answered for each", async () => {
    const there = folder(
      ["there/a.txt", "there/a 2.txt", "there/b", "there/c"],
      { choice: "keep_both", all: false },
      { choice: "replace", all: false },
      { choice: "skip", all: false },
    );
    const placed = await placeEach(ways("a.txt", "b", "c", "d"), there);
    expect(places(placed)).toEqual(["there/a 3.txt", "there/b replaced", "there/d"]);
    expect(there.ask.mock.calls).toEqual([
      ["there/a.txt", 3],
      ["there/b", 2],
      ["there/c", 1],
    ]);
  });

  test.each([
    ["keep_both", ["there/a 2", "there/b 2", "there/c"]],
    ["skip", ["there/c"]],
    ["stop", []],
  ] as const)("asks once when %s is for all", async (choice, expected) => {
    const there = folder(["there/a", "there/b"], { choice, all: true });
    expect(places(await placeEach(ways("a", "b", "c"), there))).toEqual(expected);
    expect(there.ask).toHaveBeenCalledTimes(1);
  });

  test("keeps what was placed before somebody stopped it", async () => {
    const there = folder(["there/b"], { choice: "stop", all: false });
    expect(places(await placeEach(ways("a", "b", "c"), there))).toEqual(["there/a"]);
  });

  test("gives what stands at its own place a free name, unasked", async () => {
    const there = folder(["a.txt"]);
    expect(places(await placeEach([{ from: "a.txt", to: "a.txt" }], there))).toEqual(["a 2.txt"]);
    expect(there.ask).not.toHaveBeenCalled();
  });

  test("asks about no other refusal", async () => {
    const there = folder([]);
    await expect(placeEach(ways("forbidden"), there)).rejects.toThrow("permissions");
    expect(there.ask).not.toHaveBeenCalled();
  });
});
