import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

/** What Home, its frame and what may go wrong say; everything else comes with the page that says it. */
const first: ReadonlySet<string> = new Set(
  "name common frame language home workspaces sessions jobTypes jobTypeIs quickStart states offers operations kinds subjects history meter undo errors problems".split(
    " ",
  ),
);

/** Splits a catalogue in two by its uppermost keys: `./en.json?part=first` and `./en.json?part=rest`. */
export function wordParts(): Plugin {
  return {
    name: "stoa-word-parts",
    enforce: "pre",
    async load(id) {
      const [file = "", query] = id.split("?");
      const part = new URLSearchParams(query).get("part");
      if (!file.endsWith(".json") || part === null) return null;
      const words: Record<string, unknown> = JSON.parse(await readFile(file, "utf8"));
      const wanted = Object.entries(words).filter(([key]) => first.has(key) === (part === "first"));
      const code = `export default ${JSON.stringify(Object.fromEntries(wanted))};`;
      return { code, map: null, moduleType: "js" };
    },
  };
}
