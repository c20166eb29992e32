import { expect, test } from "vitest";
import { withName } from "./tab-names.ts";

test("a name is kept, cut to a length, and taken away by an empty one", () => {
  expect(withName({}, 7, "  build ")).toEqual({ 7: "build" });
  expect(withName({ 7: "build", 8: "logs" }, 7, " ")).toEqual({ 8: "logs" });
  expect(withName({}, 7, "x".repeat(300))[7]).toHaveLength(60);
});

test("the oldest sessions' names go first", () => {
  const many = Object.fromEntries(Array.from({ length: 100 }, (_, at) => [at + 1, "name"]));
  const next = withName(many, 500, "new");
  expect(Object.keys(next)).toHaveLength(100);
  expect(next[1]).toBeUndefined();
  expect(next[500]).toBe("new");
});
