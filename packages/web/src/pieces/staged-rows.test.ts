import { expect, test } from "vitest";
import { staged } from "./staged-rows.ts";

const items = (...indexes: number[]) => indexes.map((index) => ({ index, key: `row ${index}` }));
const keys = (...indexes: number[]) => new Set(items(...indexes).map(({ key }) => key));
const indexes = (of: readonly { index: number }[]) => of.map(({ index }) => index);
const view = { startIndex: 10, endIndex: 14 };

test("few rows a frame are drawn besides those that are there, those in view first and all in their order", () => {
  const { now, missing, done } = staged(items(8, 9, 10, 11, 12, 13, 14, 15), keys(9, 12), view, 2);
  expect(indexes(now)).toEqual([9, 10, 11, 12]);
  expect(indexes(missing)).toEqual([13, 14]);
  expect(done).toBe(false);
});

test("what lies before and after the view comes last, and then it is done", () => {
  const inView = staged(items(9, 10, 11, 12, 13, 14, 15), keys(10, 11, 12, 13, 14), view, 1);
  expect(indexes(inView.now)).toEqual([9, 10, 11, 12, 13, 14]);
  expect(inView).toMatchObject({ missing: [], done: false });
  expect(staged(items(9, 10, 11), keys(10, 11), view, 1)).toMatchObject({ missing: [], done: true });
});

test("while it flies by none comes to be drawn, and those that were go", () => {
  const { now, missing } = staged(items(10, 11, 12), keys(2, 3, 10), view, 0);
  expect(indexes(now)).toEqual([10]);
  expect(indexes(missing)).toEqual([11, 12]);
});
