import { describe, expect, test } from "vitest";
import { sizeOf } from "./size-of.ts";
import { readSize, typedSize } from "./sizes.ts";

const GiB = 2 ** 30;

describe("a size that is typed", () => {
  test.each([
    ["10 GiB", 10 * GiB],
    ["10gib", 10 * GiB],
    ["10G", 10 * GiB],
    ["10", 10 * GiB],
    ["1.5 TiB", 1.5 * 1024 * GiB],
    ["500 MiB", 500 * 2 ** 20],
    ["10 GB", 10_000_000_000],
    ["123 B", 123],
    ["0", 0],
    ["۱۰ گیبی‌بایت", 10 * GiB],
    ["۱۰ گیگ", 10 * GiB],
    ["۱۰ گیگابایت", 10_000_000_000],
    ["۱٫۵ TiB", 1.5 * 1024 * GiB],
    ["\u206810\u2069 GiB", 10 * GiB],
  ])("%s", (text, bytes) => expect(readSize(text)).toBe(bytes));

  test.each(["", "GiB", "-1 GiB", "10 GiBs", "10 20 GiBB", "1e9", "9000000 TiB", "ten", "1.5.2 GiB"])(
    "%s is none",
    (text) => expect(readSize(text)).toBeNull(),
  );
});

test.each([
  [10 * GiB, "10 GiB"],
  [1.5 * 1024 * GiB, "1.5 TiB"],
  [10_000_000_000, "10 GB"],
  [2 ** 20, "1 MiB"],
  [1023, "1023 B"],
  [12_345, "12345 B"],
  [0, "0 B"],
])("%d is typed, and read as itself again", (bytes, text) => {
  expect(typedSize(bytes)).toBe(text);
  expect(readSize(text)).toBe(bytes);
});

test.each([
  [0, 0, "B", 0],
  [1023, 1023, "B", 0],
  [1024, 1, "KiB", 1],
  [10 * GiB, 10, "GiB", 1],
  [200 * GiB, 200, "GiB", 0],
  // Not 1,024 GiB.
  [1023.9 * GiB, 1023.9 / 1024, "TiB", 1],
  [9 * 1024 ** 6, 9 * 1024, "PiB", 0],
])("%d is read best as", (bytes, value, unit, places) => {
  expect(sizeOf(bytes)).toEqual({ value, unit, places });
});
