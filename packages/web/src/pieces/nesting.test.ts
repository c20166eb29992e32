import { expect, test } from "vitest";
import { inAnnouncement, inFile, nestsTooDeep } from "./nesting.ts";

test.each([
  `${"- ".repeat(4_000)}a`,
  `${">".repeat(3_000)} a`,
  `${"1. > ".repeat(900)}a`,
  `${"*a ".repeat(1_000)}${"b*".repeat(1_000)}`,
  `${"![".repeat(2_000)}a${"](b)".repeat(2_000)}`,
  `${"- ".repeat(25)}\n${" ".repeat(50)}${"- ".repeat(25)}a`,
])("%.20s… stops a page, and is found at once", (text) => {
  const before = performance.now();
  expect(nestsTooDeep(text, inFile)).toBe(true);
  expect(nestsTooDeep(text, inAnnouncement)).toBe(true);
  expect(performance.now() - before).toBeLessThan(500);
});

test.each([
  "- a\n    - b\n        - c\n            - d",
  "- ".repeat(4_000),
  "> > > quoted **bold** and *more* [a](b) ![c](d)",
  `${"snake_case_name `x` ".repeat(200)}`,
  `${"**Bold**: text, *(in brackets)*. ".repeat(300)}`,
  `\`\`\`c\n${"char *a, *b;\n".repeat(100)}\`\`\`\n\nafter`,
])("%.20s… is drawn", (text) => {
  expect(nestsTooDeep(text, inFile)).toBe(false);
});
