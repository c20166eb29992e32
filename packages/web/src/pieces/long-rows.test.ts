import { describe, expect, test } from "vitest";
import { nextRow, withFocused } from "./long-rows.tsx";

describe("where a key leads", () => {
  const list = { columns: 1, rtl: false, last: 9 };

  test("in a list: up, down, to its ends, and no further", () => {
    expect(nextRow("ArrowDown", 3, list)).toBe(4);
    expect(nextRow("ArrowUp", 0, list)).toBe(0);
    expect(nextRow("ArrowDown", 9, list)).toBe(9);
    expect(nextRow("Home", 7, list)).toBe(0);
    expect(nextRow("End", 2, list)).toBe(9);
  });

  test("nowhere with a key that is somebody else's", () => {
    for (const key of ["Tab", "Enter", "ArrowRight", "a"]) expect(nextRow(key, 3, list), key).toBeNull();
  });

  test("in a grid: a whole line up and down, sideways as one reads", () => {
    expect(nextRow("ArrowDown", 1, { columns: 3, rtl: false, last: 9 })).toBe(4);
    expect(nextRow("ArrowRight", 1, { columns: 3, rtl: false, last: 9 })).toBe(2);
    expect(nextRow("ArrowRight", 1, { columns: 3, rtl: true, last: 9 })).toBe(0);
  });
});

test("the row with the focus stays, in its order, however far away it is", () => {
  const range = { startIndex: 50, endIndex: 52, overscan: 1, count: 100 };
  expect(withFocused(range, -1)).toEqual([49, 50, 51, 52, 53]);
  expect(withFocused(range, 51)).toEqual([49, 50, 51, 52, 53]);
  expect(withFocused(range, 2)).toEqual([2, 49, 50, 51, 52, 53]);
  expect(withFocused(range, 90)).toEqual([49, 50, 51, 52, 53, 90]);
});
