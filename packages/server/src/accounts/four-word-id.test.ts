import { expect, it } from "vitest";
import { fourWordId } from "./four-word-id.ts";
import { WORDS } from "./words.ts";

it("has more than a thousand distinct, short words", () => {
  expect(WORDS.length).toBeGreaterThanOrEqual(1024);
  expect(new Set(WORDS).size).toBe(WORDS.length);
  expect(WORDS.filter((word) => !/^[a-z]{2,10}$/.test(word))).toEqual([]);
});

it("joins four of them, differently each time", () => {
  const ids = Array.from({ length: 200 }, fourWordId);
  for (const id of ids) {
    const words = id.split("-");
    expect(words).toHaveLength(4);
    expect(words.every((word) => WORDS.includes(word))).toBe(true);
  }
  expect(new Set(ids).size).toBe(200);
});
