import { expect, test } from "vitest";
import { broughtAs } from "./brought.ts";

test("only what a text brings along itself is a picture of it", () => {
  const attached = { "a.png": "data:image/png;base64,aGk=" };
  expect(broughtAs("attachment:a.png", attached)).toBe(attached["a.png"]);
  for (const name of ["constructor", "toString", "__proto__", "b.png"]) {
    expect(broughtAs(`attachment:${name}`, attached)).toBeUndefined();
  }
  expect(broughtAs("a.png", attached)).toBeUndefined();
});
