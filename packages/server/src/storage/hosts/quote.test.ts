import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { printfFormat, quote } from "./quote.ts";

/** What a real shell makes of a script. */
function shell(script: string): string {
  return spawnSync("/bin/sh", ["-s"], { input: script, env: { LC_ALL: "C" } }).stdout.toString("utf8");
}

const nasty = fc.constantFrom(
  "'",
  '"',
  "\\",
  "$(id)",
  "`",
  "!",
  "\n",
  "\r",
  "%s",
  "~",
  "*",
  ";",
  "&",
  "\t",
  "é",
  "\u{1F600}",
);
const text = fc.array(fc.oneof(fc.string({ unit: "grapheme" }), nasty)).map((parts) => parts.join(""));

test("a real shell takes each quoted word as what it was", () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (given) => {
      const words = given.map((word) => word.replaceAll("\0", ""));
      const printed = shell(`/usr/bin/printf '%s\\0' ${words.map(quote).join(" ")}`);
      expect(printed).toBe(words.length === 0 ? "\0" : words.map((word) => `${word}\0`).join(""));
    }),
    { numRuns: 150 },
  );
});

test("a real shell's printf makes the text of its format, NULs too", () => {
  fc.assert(
    fc.property(fc.oneof(text, fc.string({ unit: "binary-ascii" })), (given) => {
      expect(shell(`printf ${printfFormat(given)}`)).toBe(given);
    }),
    { numRuns: 150 },
  );
});
