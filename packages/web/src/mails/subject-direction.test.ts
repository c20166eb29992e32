import { expect, test } from "vitest";
import { subjectDirection } from "./subject-direction.ts";

test("a subject runs as its own words do, whatever name it begins with", () => {
  expect(subjectDirection('\u2068سارا احمدی\u2069 shared "\u2068آزمایش رشد\u2069" with you')).toBe("ltr");
  expect(subjectDirection("\u2068Zoe\u2069 فضای کار را پذیرفت")).toBe("rtl");
  expect(subjectDirection("\u2068Zoe\u2069")).toBe("auto");
});
