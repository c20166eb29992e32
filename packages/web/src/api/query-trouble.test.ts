import { expect, test } from "vitest";
import { ApiError, errorFrom } from "./api-error.ts";
import { replacingError, shownError } from "./query-trouble.ts";

const network = new ApiError({ status: 0, code: "network", message: "network" });
const of = (status: number) => errorFrom(status, undefined, null);
const data = { id: 1 };

test("a page with data stays while the server is away or fails", () => {
  for (const error of [network, of(500), of(502), of(503), of(429)]) {
    expect(replacingError({ data, error })).toBeNull();
    expect(replacingError({ data: undefined, error })).toBe(error);
  }
});

test("what is gone, or not one's own any more, is not shown on", () => {
  for (const error of [of(404), of(403)]) expect(replacingError({ data, error })).toBe(error);
});

test("beside data, only a failure that does not pass by itself is told", () => {
  for (const error of [network, of(502), of(503)]) {
    expect(shownError({ data, error })).toBeNull();
    expect(shownError({ data: undefined, error })).toBe(error);
  }
  const fault = of(500);
  expect(shownError({ data, error: fault })).toBe(fault);
  expect(shownError({ data, error: null })).toBeNull();
});
