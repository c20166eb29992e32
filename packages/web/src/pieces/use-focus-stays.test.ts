import { expect, test } from "vitest";
import { heir } from "./use-focus-stays.ts";

const was = ["a", "b", "c", "d"];

test("the row in the place of one that is gone takes over, at the end the one before it", () => {
  expect(heir(was, ["a", "c", "d"], "b")).toBe("c");
  expect(heir(was, ["a", "d"], "b")).toBe("d");
  expect(heir(was, ["a", "b"], "d")).toBe("b");
  expect(heir(was, ["b", "c", "d"], "c")).toBe("c");
});

test("nobody takes over where nothing is gone, nothing is left, or nobody was there", () => {
  expect(heir(was, [...was, "e"], "b")).toBeUndefined();
  expect(heir(was, [], "b")).toBeUndefined();
  expect(heir(was, ["a"], null)).toBeUndefined();
});
