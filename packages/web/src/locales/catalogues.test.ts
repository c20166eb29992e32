import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import en from "./en.json" with { type: "json" };
import fa from "./fa.json" with { type: "json" };

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === "string" ? [[prefix + key, value] as [string, string]] : flatten(value, `${prefix}${key}.`),
  );
}

const english = new Map(flatten(en));
const persian = new Map(flatten(fa));
const placeholders = (text: string) => [...text.matchAll(/\{\{\s*(\w+)/g)].map((match) => match[1]).toSorted();

describe("catalogues", () => {
  test("have the same keys", () => {
    expect([...persian.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  test("have no empty text", () => {
    for (const [key, text] of [...english, ...persian]) expect(text.trim(), key).not.toBe("");
  });

  test("fill the same placeholders", () => {
    for (const [key, text] of english) {
      // "used once" needs no number in English, and may have one in Persian.
      const spared = key.endsWith("_one") ? "count" : "";
      const filled = (words: string) => new Set(placeholders(words).filter((name) => name !== spared));
      expect(filled(persian.get(key) ?? ""), key).toEqual(filled(text));
    }
  });

  test("Persian is written with Persian letters and joined with ZWNJ", () => {
    for (const [key, text] of persian) {
      expect(text, `${key}: Arabic yeh or kaf`).not.toMatch(/[يك]/);
      expect(text, `${key}: "می" or "نمی" apart from its verb`).not.toMatch(/(^|\s)ن?می\s/);
      expect(text, `${key}: plural "ها" apart from its noun`).not.toMatch(/\sها(ی|یی|یش|یم|یت)?(\s|$|[.،؛])/);
      expect(text, `${key}: ZWNJ at an edge`).not.toMatch(/(^|\s)\u200c|\u200c(\s|$)/);
      expect(
        text.replace(/\{\{.*?\}\}|\bCtrl\S+|\b(F2|2FAS|SHA-256)\b/g, ""),
        `${key}: Latin digits or punctuation`,
      ).not.toMatch(/[0-9?;,]/);
    }
  });

  test("have every key that the source names", () => {
    const missing: string[] = [];
    for (const [file, text] of sources(join(import.meta.dirname, ".."))) {
      for (const match of text.matchAll(/\bt\(\s*"([\w.:]+)"/g)) {
        const key = match[1] ?? "";
        if (!english.has(key) && !english.has(`${key}_other`)) missing.push(`${file}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

function* sources(folder: string): Generator<[string, string]> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.tsx?$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    yield [path, readFileSync(path, "utf8")];
  }
}
