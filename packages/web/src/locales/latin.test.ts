import { expect, test } from "vitest";
import { latinNumber } from "./latin.ts";

test.each([
  ["۱۲۰", "120"],
  ["٣٫٥", "3.5"],
  [" 42 ", "42"],
  ["۱۲ هسته", "12 هسته"],
])("%s is typed for %s", (typed, read) => expect(latinNumber(typed)).toBe(read));
