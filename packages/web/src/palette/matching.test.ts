import { expect, test } from "vitest";
import { fold, score, tokensOf } from "./matching.ts";

test.each([
  ["Reef DATA", "reef data"],
  ["كتابي", "کتابی"],
  ["می‌خواهم ۱۲", "میخواهم 12"],
  ["Café", "cafe"],
  ["\u2068دادهٔ دریا\u2069", "داده دریا"],
])("%s is looked for as %s", (text, folded) => expect(fold(text)).toBe(folded));

const of = (words: string, query: string) => score(fold(words), tokensOf(query));

test("every word that was typed has to be there", () => {
  expect(of("Start Jupyter in Reef data", "start reef")).toBeGreaterThan(0);
  expect(of("Start Jupyter in Reef data", "start sand")).toBe(0);
  expect(of("anything", "")).toBeGreaterThan(0);
});

test("what begins so stands before what only contains it", () => {
  expect(of("Reef", "re")).toBeGreaterThan(of("Old reef", "re"));
  expect(of("Old reef", "re")).toBeGreaterThan(of("More", "re"));
});
