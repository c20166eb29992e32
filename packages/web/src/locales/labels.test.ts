import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import en from "./en.json" with { type: "json" };
import fa from "./fa.json" with { type: "json" };

type Tree = { readonly [key: string]: string | Tree };

/** An element that has a name of its own for those who hear it, and words to be seen. */
const named = /aria-label=\{t\("([\w.]+)"(?:[^>/]|=>|\/(?!>))*>\s*\{t\("([\w.]+)"\)\}\s*<\//g;

const folder = join(import.meta.dirname, "..");
const pairs = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".tsx"))
  .flatMap((file) => [...readFileSync(join(folder, file), "utf8").matchAll(named)])
  .map(([, name = "", seen = ""]) => [name, seen] as const);

function textOf(catalogue: Tree, key: string): string {
  const found = key
    .split(".")
    .reduce<string | Tree | undefined>((tree, part) => (typeof tree === "object" ? tree[part] : undefined), catalogue);
  return typeof found === "string" ? found : "";
}

/** Between blanks, so that words are found whole. */
const wordsOf = (text: string) => ` ${(text.toLowerCase().match(/[\p{L}\p{M}\p{N}\u200c]+/gu) ?? []).join(" ")} `;

// Who speaks to the machine says what they see (WCAG 2.5.3).
test.each([
  ["English", en],
  ["Persian", fa],
])("what is to be seen on a control is in its name, word for word (%s)", (_language, catalogue) => {
  expect(pairs.length).toBeGreaterThan(8);
  const wrong = pairs.filter(
    ([name, seen]) => !wordsOf(textOf(catalogue, name)).includes(wordsOf(textOf(catalogue, seen))),
  );
  expect(wrong).toEqual([]);
});
