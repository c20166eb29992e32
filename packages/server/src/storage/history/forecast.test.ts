import { expect, test } from "vitest";
import { forecastOf } from "./forecast.ts";

const day = 86_400_000;
const GiB = 2 ** 30;
const points = (...used: number[]) => used.map((bytes, index) => ({ at: new Date(index * day), used: bytes }));

test("a steady growth reaches the quota on the day that one would say by hand", () => {
  const forecast = forecastOf(points(GiB, 2 * GiB, 3 * GiB), 6 * GiB);
  expect(forecast).toEqual({ bytesPerDay: GiB, fullAt: new Date(5 * day) });
});

test("what shrinks, stands still, or has no quota is never full", () => {
  expect(forecastOf(points(3 * GiB, 2 * GiB), 6 * GiB)).toEqual({ bytesPerDay: -GiB, fullAt: null });
  expect(forecastOf(points(GiB, GiB), 6 * GiB)).toEqual({ bytesPerDay: 0, fullAt: null });
  expect(forecastOf(points(GiB, 2 * GiB), 0)?.fullAt).toBeNull();
});

test("what is full already is full since then, and a creeping growth isn't told of", () => {
  expect(forecastOf(points(5 * GiB, 7 * GiB), 6 * GiB)?.fullAt).toEqual(new Date(day));
  expect(forecastOf(points(GiB, GiB + 1), 6 * GiB)?.fullAt).toBeNull();
});

test("less than a day says nothing, and what is older than two weeks counts for nothing", () => {
  expect(forecastOf([{ at: new Date(0), used: 1 }], GiB)).toBeNull();
  expect(forecastOf([], GiB)).toBeNull();
  const jump = [{ at: new Date(-30 * day), used: 0 }, ...points(GiB, GiB)];
  expect(forecastOf(jump, 2 * GiB)?.bytesPerDay).toBe(0);
});
