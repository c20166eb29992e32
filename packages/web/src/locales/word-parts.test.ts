import { existsSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";
import { partOfWord } from "../../vite/word-parts.ts";
import en from "./en.json" with { type: "json" };

const source = resolve(import.meta.dirname, "..");

/** Every file that a page reaches which is no operator's: those begin in these, and come with their words. */
function* peoplesFiles(): Generator<[string, string]> {
  const seen = new Set(["routes/admin.tsx", "admin/operator-panel.tsx"].map((file) => join(source, file)));
  const waiting = [join(source, "main.tsx")];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    const text = readFileSync(file, "utf8");
    yield [relative(source, file), text];
    const at = dirname(file);
    for (const [, path = ""] of text.matchAll(/(?:from|import\()\s*"(\.[^"]+\.tsx?)"/g))
      waiting.push(resolve(at, path));
  }
}

test.each([
  ["common.save", "first"],
  ["workspaces.count_other", "first"],
  ["workspaces.name", "rest"],
  ["people.title", "operators"],
  ["people.you", "rest"],
  ["system.kinds.warning", "rest"],
  ["storage.quota", "storage"],
  ["storage.unit.GiB", "first"],
  ["snapshots.takenMany_one", "past"],
  ["snapshots.open", "rest"],
  ["webhooks.title", "webhooks"],
  ["adminHub.servers", "operators"],
])("%s comes with %s", (key, part) => {
  expect(partOfWord(key)).toBe(part);
});

test("no page but an operator's says a word that comes with those only", () => {
  const found: string[] = [];
  let files = 0;
  for (const [file, text] of peoplesFiles()) {
    files += 1;
    // `people.${x}` may be any word of the group.
    for (const [, group = "", rest = ""] of text.matchAll(/["`](\w+)\.([\w.]*|(?=\$\{))/g)) {
      if (group in en && partOfWord(`${group}.${rest}`) === "operators") found.push(`${file}: ${group}.${rest}`);
    }
  }
  expect(files).toBeGreaterThan(200);
  expect(found).toEqual([]);
});

/** Parts of storage for other pages, which bring their words. */
const bringTheirWords = /\/storage\/(held|group-folders\/open-group-folders)\.tsx$/;

test("storage's words are said in its own folder only, whose parts come with them", () => {
  const found: string[] = [];
  for (const [file, text] of peoplesFiles()) {
    const isTheirs = file.startsWith("storage/");
    for (const [, key = ""] of text.matchAll(/\bt\(\s*["`]([\w.]+)/g)) {
      if (!isTheirs && partOfWord(key) === "storage") found.push(`${file}: ${key}`);
    }
    // Drawn at once elsewhere, they would be there before their words.
    for (const [, path = ""] of text.matchAll(/from\s*"(\.[^"]*\/storage\/[^"]+\.tsx)"/g)) {
      if (!isTheirs && !bringTheirWords.test(path)) found.push(`${file}: ${path}`);
    }
  }
  expect(found).toEqual([]);
});

test("the words of looking back are said in its own folder only, which comes with them", () => {
  const found: string[] = [];
  let own = 0;
  for (const [file, text] of peoplesFiles()) {
    const isTheirs = file.startsWith("workspaces/snapshots/");
    if (isTheirs) own += 1;
    for (const [, key = ""] of text.matchAll(/\bt\(\s*["`]([\w.]+)/g)) {
      // Drawn with the page, before they have come.
      const early = !isTheirs || file.endsWith("/open-look-back.tsx");
      if (early && partOfWord(key) === "past") found.push(`${file}: ${key}`);
    }
    for (const [, path = ""] of text.matchAll(/from\s*"(\.[^"]*\/snapshots\/[^"]+\.tsx)"/g)) {
      if (!path.endsWith("/open-look-back.tsx")) found.push(`${file}: ${path}`);
    }
  }
  expect(own).toBeGreaterThan(8);
  expect(found).toEqual([]);
});

/** Where the words of a part may be said: in files that come with it. */
const home: Readonly<Record<string, RegExp>> = {
  jupyter: /^(hub|activity)\//,
  account: /^(account\/|auth\/second-factor-page)/,
  opened: /^(workspaces\/files\/preview\/|sessions\/(terminal|log)\/)/,
  palette: /^palette\//,
};

test.each(Object.entries(home))("the words of %s are said only where they come with what says them", (part, where) => {
  const found: string[] = [];
  let own = 0;
  for (const [file, text] of peoplesFiles()) {
    for (const [, key = ""] of text.matchAll(/\bt\(\s*["`]([\w.]+)/g)) {
      if (partOfWord(key) !== part) continue;
      if (where.test(file)) own += 1;
      else found.push(`${file}: ${key}`);
    }
  }
  expect(own).toBeGreaterThan(2);
  expect(found).toEqual([]);
});
