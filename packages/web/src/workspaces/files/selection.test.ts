import { describe, expect, test } from "vitest";
import { everything, extend, meant, nothing, toggle } from "./selection.ts";

const order = ["a", "b", "c", "d"];

describe("a selection", () => {
  test("takes one in and lets it go again", () => {
    const one = toggle(nothing, "b");
    expect([...one.paths]).toEqual(["b"]);
    expect([...toggle(one, "b").paths]).toEqual([]);
  });

  test("grows from where it began, in both directions", () => {
    const from = toggle(nothing, "c");
    expect([...extend(from, "d", order).paths]).toEqual(["c", "d"]);
    const back = extend(extend(from, "d", order), "a", order);
    expect([...back.paths]).toEqual(["a", "b", "c"]);
  });

  test("begins anew when its beginning is gone from the list", () => {
    expect([...extend(toggle(nothing, "x"), "b", order).paths]).toEqual(["b"]);
  });

  test("a verb is about all chosen ones only when it is on one of them", () => {
    const two = extend(toggle(nothing, "a"), "b", order);
    expect(meant(two, "a")).toEqual(["a", "b"]);
    expect(meant(two, "d")).toEqual(["d"]);
    expect(meant(everything(order), "d")).toEqual(order);
  });
});
