import { expect, test } from "vitest";
import { ApiError } from "./api-error.ts";
import { peopleImportQuery } from "./people-import.ts";

/** Milliseconds until it is asked again. */
function next(state: object): unknown {
  const { refetchInterval } = peopleImportQuery("x");
  if (typeof refetchInterval !== "function") throw new Error("it is asked for without end");
  return refetchInterval({ state: { data: undefined, error: null, ...state } } as never);
}
const error = (status: number) => new ApiError({ status, code: "x", message: "x" });

test("it is looked at while it goes on, and while nothing is known of it", () => {
  expect(next({})).toBe(700);
  expect(next({ data: { state: "running" } })).toBe(700);
  expect(next({ data: { state: "cancelled" } })).toBe(false);
});

test("one that is not there is not asked for again", () => {
  expect(next({ error: error(404) })).toBe(false);
  expect(next({ error: error(403), data: { state: "running" } })).toBe(false);
  expect(next({ error: error(0), data: { state: "running" } }), "the network comes back").toBe(700);
});
