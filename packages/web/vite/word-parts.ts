import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

/** What Home, its frame and what may go wrong say, whole groups or single words; everything else comes with the page that says it. */
const first = (
  "name common frame language home sessions.named sessions.number sessions.left workspaces.count_one workspaces.count_other " +
  "jobTypes jobTypeIs quickStart states operations.about operations.aboutNamed kinds subjects meter undo " +
  "errors problems.network problems.defect help.whatIs"
).split(" ");

type Words = Readonly<Record<string, unknown>>;

const isGroup = (words: unknown): words is Words => typeof words === "object" && words !== null;

/** Those of a catalogue that are wanted first, or all the others. */
function partOf(words: Words, wantsFirst: boolean, above = ""): Words {
  const wanted = Object.entries(words).flatMap(([key, value]): [string, unknown][] => {
    const name = above + key;
    if (first.includes(name)) return wantsFirst ? [[key, value]] : [];
    if (!isGroup(value) || !first.some((one) => one.startsWith(`${name}.`))) return wantsFirst ? [] : [[key, value]];
    return [[key, partOf(value, wantsFirst, `${name}.`)]];
  });
  return Object.fromEntries(wanted);
}

/** Splits a catalogue in two: `./en.json?part=first` and `./en.json?part=rest`. */
export function wordParts(): Plugin {
  return {
    name: "stoa-word-parts",
    enforce: "pre",
    async load(id) {
      const [file = "", query] = id.split("?");
      const part = new URLSearchParams(query).get("part");
      if (!file.endsWith(".json") || part === null) return null;
      const words: Words = JSON.parse(await readFile(file, "utf8"));
      const code = `export default ${JSON.stringify(partOf(words, part === "first"))};`;
      return { code, map: null, moduleType: "js" };
    },
  };
}
