import { expect, test } from "vitest";
import { type Tile, treemap } from "./treemap.ts";

const area = ({ width, height }: Tile) => (width * height) / 10_000;

test("each has its share, and the picture is filled", () => {
  const values = [600, 300, 200, 100, 50, 25, 10, 1];
  const tiles = treemap(values, 3);
  const total = values.reduce((sum, value) => sum + value, 0);
  for (const [at, value] of values.entries()) expect(area(tiles[at] as Tile)).toBeCloseTo(value / total, 9);
  for (const { start, top, width, height } of tiles) {
    expect(Math.min(start, top)).toBeGreaterThanOrEqual(0);
    expect(Math.max(start + width, top + height)).toBeLessThanOrEqual(100 + 1e-9);
  }
});

test("none lies on another", () => {
  const tiles = treemap([9, 8, 7, 6, 5, 4, 3, 2, 1], 2);
  for (const [at, one] of tiles.entries()) {
    for (const other of tiles.slice(at + 1)) {
      const apart =
        one.start + one.width <= other.start + 1e-9 ||
        other.start + other.width <= one.start + 1e-9 ||
        one.top + one.height <= other.top + 1e-9 ||
        other.top + other.height <= one.top + 1e-9;
      expect(apart).toBe(true);
    }
  }
});

test("alike ones are squares, and a single one is all of it", () => {
  const [first] = treemap([1, 1, 1, 1], 1);
  expect(first).toEqual({ start: 0, top: 0, width: 50, height: 50 });
  expect(treemap([7], 2.5)).toEqual([{ start: 0, top: 0, width: 100, height: 100 }]);
  expect(treemap([], 2)).toEqual([]);
});
