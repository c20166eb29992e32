import { expect, it } from "vitest";
import { fromField, toField, toPersianField, zoneName } from "./local-time.ts";

it("leads from a moment to the field and back, to the minute", () => {
  const at = "2026-11-21T18:30:00.000Z";
  expect(fromField(toField(at))).toBe(at);
  expect(toField(at)).toMatch(/^2026-11-2\dT\d\d:\d\d$/);
  expect([toField(null), fromField(""), fromField("soon")]).toEqual(["", null, null]);
});

it("reads and writes the Persian calendar, in either digits", () => {
  expect(toPersianField("2026-11-21T18:30")).toBe("1405/08/30 18:30");
  expect(toPersianField("1405/08/3")).toBe("1405/08/3");
  expect(fromField("۱۴۰۵/۰۸/۳۰ ۱۸:۳۰")).toBe(fromField("2026-11-21T18:30"));
  expect(fromField("1405/8/30 9:05")).toBe(fromField("2026-11-21T09:05"));
  expect([fromField("1405/13/30 18:30"), fromField("1405/08/30 25:00"), fromField("1405/08/30")]).toEqual([
    null,
    null,
    null,
  ]);
});

it("tells a time zone by its name in the reader's language", () => {
  const at = new Date("2026-11-21T09:00:00Z");
  expect(zoneName("en", at, "Asia/Tehran")).toBe("Iran Standard Time");
  expect(zoneName("fa", at, "Asia/Tehran")).toContain("ایران");
});
