import { expect, test } from "vitest";
import { fromPersianDay, toPersianDay } from "./persian-day.ts";

test.each([
  ["2026-11-21", "1405/08/30"],
  ["2026-03-21", "1405/01/01"],
  ["2025-03-20", "1403/12/30"],
  ["2024-03-20", "1403/01/01"],
])("%s is %s", (day, persian) => {
  expect(toPersianDay(day)).toBe(persian);
  expect(fromPersianDay(persian)).toBe(day);
});

test("every day of twenty years comes back as it went", () => {
  for (let at = Date.UTC(2015, 0, 1); at < Date.UTC(2035, 0, 1); at += 86_400_000) {
    const day = new Date(at).toISOString().slice(0, 10);
    expect(fromPersianDay(toPersianDay(day))).toBe(day);
  }
});

test("is read in Persian digits, with or without zeros", () => {
  expect(fromPersianDay("۱۴۰۵/۸/۳۰")).toBe("2026-11-21");
  expect(fromPersianDay("1405-8-30")).toBe("2026-11-21");
});

test.each(["", "1405", "1405/13/01", "1405/07/31", "1404/12/30", "2026/11/21", "1405/8/"])("%j is no day", (typed) => {
  expect(fromPersianDay(typed)).toBeNull();
});

test.each(["", "tomorrow"])("%j has no name there", (day) => expect(toPersianDay(day)).toBe(""));
