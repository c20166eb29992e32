import { describe, expect, test } from "vitest";
import { makeFormat } from "./format.ts";
import { isolated } from "./isolated.ts";

const en = makeFormat("en", "auto");
const fa = makeFormat("fa", "auto");
const noon = "2026-03-21T12:00:00.000Z";

describe("format", () => {
  test("writes numbers in the digits of the language", () => {
    expect(en.number(1234.5, 1)).toBe("1,234.5");
    expect(fa.number(1234.5, 1)).toBe("۱٬۲۳۴٫۵");
  });

  test("writes figures that are typed, and those that stand as they are, in the reader's digits", () => {
    expect(fa.exact(8192.5)).toBe("۸۱۹۲٫۵");
    expect(en.exact(8192)).toBe("8192");
    expect(makeFormat("fa", "auto", "latin").exact(8192)).toBe("8192");
    expect(fa.digits("1405/08/30")).toBe("۱۴۰۵/۰۸/۳۰");
    expect([en.calendar, fa.calendar, makeFormat("fa", "gregory").calendar]).toEqual(["gregory", "persian", "gregory"]);
  });

  test("writes ids without grouping, and leaves words alone", () => {
    expect(en.id(12345)).toBe("12345");
    expect(fa.id("12345")).toBe("۱۲۳۴۵");
    expect(fa.id("amber-otter")).toBe("amber-otter");
    expect(fa.percent(62)).toBe("۶۲٪");
  });

  test("writes dates in the calendar of the language, or the one chosen", () => {
    expect(fa.date(noon)).toMatch(/۱۴۰۵/);
    expect(makeFormat("fa", "gregory").date(noon)).toMatch(/۲۰۲۶/);
    expect(en.date(noon)).toMatch(/2026/);
    expect(makeFormat("en", "persian").date(noon)).toMatch(/1405/);
  });

  test("writes the digits chosen, in either language", () => {
    const latin = makeFormat("fa", "auto", "latin");
    expect(latin.number(1234)).toMatch(/^1.234$/);
    expect(latin.dateTime(noon)).toMatch(/1405/);
    const persian = makeFormat("en", "auto", "persian");
    expect(persian.number(7)).toBe("۷");
    expect(persian.date(noon)).toMatch(/۲۰۲۶/);
    expect(persian.duration(61)).toMatch(/۱/);
  });

  test("tells how long ago in the largest unit that fits", () => {
    const now = new Date(noon).getTime();
    expect(en.relative(new Date(now - 30_000), now)).toBe("now");
    expect(en.relative(new Date(now - 3 * 60_000), now)).toBe("3 minutes ago");
    expect(en.relative(new Date(now + 2 * 86_400_000), now)).toBe("in 2 days");
    expect(fa.relative(new Date(now - 3 * 60_000), now)).toMatch(/۳ دقیقه/);
  });

  test("tells what is soon over to the millisecond", () => {
    expect([0, 20, 999, 1_250, 12_500, 90_000].map((ms) => en.took(ms))).toEqual([
      ...["0 ms", "20 ms", "999 ms", "1.3 secs", "13 secs", "1.5 mins"],
    ]);
    expect(fa.took(20)).toMatch(/۲۰ میلی.ثانیه/);
  });

  test("tells durations in two units at most", () => {
    expect(en.duration(59.9)).toBe("59 secs");
    expect(en.duration(61)).toBe("1 min");
    expect(en.duration(3_900)).toBe("1 hr and 5 mins");
    expect(en.duration(-5)).toBe("0 secs");
    expect(fa.duration(3_900)).toMatch(/۱ ساعت.*۵ دقیقه/);
  });
});

test("names are kept apart from the sentence around them, figures are not", () => {
  expect(isolated("دریا 12")).toBe("\u2068دریا 12\u2069");
  expect(isolated("41.5")).toBe("41.5");
});
