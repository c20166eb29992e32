import { readFile } from "node:fs/promises";
import type { Plugin } from "vite";

/**
 * When a word comes: with Home, before any other page, before the first of an operator's pages, or of storage's, or
 * with the first look back at a workspace as it was, or before the first page of Jupyter and of what ran there,
 * of webhooks, of an account, of a session or a look into a file (`opened`), or with the palette.
 */
export type WordPart =
  | "first"
  | "rest"
  | "operators"
  | "storage"
  | "past"
  | "jupyter"
  | "webhooks"
  | "account"
  | "opened"
  | "palette";

const inParts: Readonly<Record<WordPart, string>> = {
  first:
    "name common frame language home sessions.named sessions.number sessions.left workspaces.count " +
    "storage.unit jobTypes jobTypeIs quickStart states operations.about operations.aboutNamed kinds subjects meter undo " +
    "errors problems.network problems.defect help.whatIs sessionTold.code_missing",
  operators:
    "people person whyNot overview adminSessions adminStorage actions mails services system " +
    "audit dayField span operator hang adminActivity adminHub",
  storage:
    "storage reasons.in_trash reasons.exists reasons.not_a_directory reasons.below_used " +
    "reasons.other_file_system reasons.raise_off reasons.raise_not_over reasons.raise_taken " +
    "reasons.raise_no_quota reasons.raise_away reasons.raise_unenforced reasons.raise_disk_full",
  past: "snapshots",
  jupyter: "jupyter runs",
  webhooks: "webhooks",
  account: "secondFactor signIns myData scopes",
  opened: "preview terminal",
  palette: "palette",
  // What people see too of what is otherwise the operators': the banners, and what leads to their pages.
  // Those of the audit log are states, and no words.
  rest:
    "audit.done audit.refused audit.failed people.you people.actions adminSessions.clear " +
    "adminSessions.title system.announced system.kinds system.dismiss " +
    "system.maintenanceOn system.maintenanceOnUntil system.maintenanceIn system.from system.fromUntil " +
    "system.maintenanceAdmin system.maintenanceMeans system.maintenanceWillMean system.maintenanceEnded " +
    "system.maintenanceCancelled system.endMaintenance system.endMaintenanceTitle system.endMaintenanceText " +
    "system.cancelMaintenance system.cancelMaintenanceTitle system.cancelMaintenanceText system.settingsTitle " +
    "system.choicesOf system.choices system.tabs snapshots.open secondFactor.title",
};
const named = new Map(
  Object.entries(inParts).flatMap(([part, names]) => names.split(" ").map((name) => [name, part as WordPart])),
);

/** @param key of a word, as the catalogue has it: `workspaces.count_one` */
export function partOfWord(key: string): WordPart {
  const steps = key.replace(/_(one|other)$/, "").split(".");
  for (let length = steps.length; length > 0; length -= 1) {
    const part = named.get(steps.slice(0, length).join("."));
    if (part !== undefined) return part;
  }
  return "rest";
}

type Words = Readonly<Record<string, unknown>>;

const isGroup = (words: unknown): words is Words => typeof words === "object" && words !== null;

/** Those of a catalogue that come in this part. */
function wordsOf(words: Words, part: WordPart, above = ""): Words {
  const wanted = Object.entries(words).flatMap(([key, value]): [string, unknown][] => {
    const name = above + key;
    if (!isGroup(value)) return partOfWord(name) === part ? [[key, value]] : [];
    const some = wordsOf(value, part, `${name}.`);
    return Object.keys(some).length > 0 ? [[key, some]] : [];
  });
  return Object.fromEntries(wanted);
}

const isPart = (part: string | null): part is WordPart => part !== null && part in inParts;

/** Splits a catalogue: `./en.json?part=first`, `./en.json?part=rest`, `./en.json?part=operators`… */
export function wordParts(): Plugin {
  return {
    name: "stoa-word-parts",
    enforce: "pre",
    async load(id) {
      const [file = "", query] = id.split("?");
      const part = new URLSearchParams(query).get("part");
      if (!file.endsWith(".json") || !isPart(part)) return null;
      const words: Words = JSON.parse(await readFile(file, "utf8"));
      return { code: `export default ${JSON.stringify(wordsOf(words, part))};`, map: null, moduleType: "js" };
    },
  };
}
