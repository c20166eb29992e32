import { expect, test } from "vitest";
import { isTooLong, readText } from "./read-text.ts";

const bytes = (...all: number[]) => new Uint8Array(all);

test("UTF-8 is read, with its mark or without", () => {
  expect(readText(new TextEncoder().encode("username\nمریم"))).toBe("username\nمریم");
  expect(readText(bytes(0xef, 0xbb, 0xbf, 0x61))).toBe("a");
});

test("so is what spreadsheets call Unicode", () => {
  expect(readText(bytes(0xff, 0xfe, 0x45, 0x06))).toBe("م");
  expect(readText(bytes(0xfe, 0xff, 0x06, 0x45))).toBe("م");
});

test("an older writing is refused, not guessed", () => {
  expect(readText(bytes(0x4a, 0xf6, 0x72, 0x67))).toBeNull();
});

test("what is measured is what is sent: quotes and ends of lines take two bytes, Persian letters two", () => {
  const most = 4 * 2 ** 20;
  expect(isTooLong("a".repeat(most - 100))).toBe(false);
  expect(isTooLong("a".repeat(most))).toBe(true);
  expect(isTooLong('"\n'.repeat(most / 4))).toBe(true);
  expect(isTooLong("م".repeat(most / 2))).toBe(true);
});
