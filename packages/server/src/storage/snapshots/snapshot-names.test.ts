import { expect, test } from "vitest";
import { periodOf, snapshotName } from "./snapshot-names.ts";

test("a moment's names sort by time, and one period has one name", () => {
  const at = new Date("2026-11-22T04:31:00Z");
  expect(snapshotName("hourly", at)).toBe("stoa-hourly-20261122T04");
  expect(snapshotName("daily", at)).toBe("stoa-daily-20261122");
  expect(snapshotName("weekly", at)).toBe("stoa-weekly-2026W47");
  expect(snapshotName("hourly", new Date("2026-11-22T04:00:00Z"))).toBe(snapshotName("hourly", at));
});

test("weeks are ISO's, also around the year's end", () => {
  expect(snapshotName("weekly", new Date("2027-01-03T12:00:00Z"))).toBe("stoa-weekly-2026W53");
  expect(snapshotName("weekly", new Date("2027-01-04T00:00:00Z"))).toBe("stoa-weekly-2027W01");
  expect(snapshotName("weekly", new Date("2024-12-30T00:00:00Z"))).toBe("stoa-weekly-2025W01");
});

test("what others made is nobody's of ours", () => {
  expect(periodOf("stoa-daily-20261122")).toBe("daily");
  for (const name of ["before-upgrade", "stoa-daily-x", "stoa-monthly-202611", "zfs-auto-snap_daily-2026"]) {
    expect(periodOf(name)).toBeNull();
  }
});
