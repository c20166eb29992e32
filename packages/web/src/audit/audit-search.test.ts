import { expect, test } from "vitest";
import { filterOf } from "./audit-search.ts";

test("the chosen days are both in, and what is not asked for is left out", () => {
  const { since, until, ...rest } = filterOf({ from: "2026-11-20", to: "2026-11-20", thing: "session", entry: "7" });
  expect(rest).toEqual({ subject_kind: "session" });
  expect(Date.parse(until ?? "") - Date.parse(since ?? "")).toBe(86_400_000);
  expect(filterOf({ from: "yesterday" })).toEqual({});
});
