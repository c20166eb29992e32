import { readFileSync } from "node:fs";
import { StartError } from "@stoa/server/platform/errors/start-error.ts";
import { asObject } from "./foreign-values.ts";

/** What the operator decided about people, by their user names in the old service. */
export interface Choices {
  /** Theirs there, and the account here that they are. */
  readonly links: ReadonlyMap<string, string>;
  /** Another name for an account that is made. */
  readonly renames: ReadonlyMap<string, string>;
  readonly skipped: ReadonlySet<string>;
}

const REMEDY = 'Write a mapping file as {"link": {"old": "here"}, "rename": {"old": "new"}, "skip": ["old"]}.';

/**
 * From `--link old=here`, `--rename old=new` and a mapping file.
 * @throws StartError for what can't be read, or says two things about one person
 */
export function readChoices(options: {
  readonly link: readonly string[];
  readonly rename: readonly string[];
  readonly file: string | null;
}): Choices {
  const file = options.file === null ? {} : readMapping(options.file);
  const links = [...pairsOf(asObject(file.link)), ...options.link.map((text) => pair("--link", text))];
  const renames = [...pairsOf(asObject(file.rename)), ...options.rename.map((text) => pair("--rename", text))];
  const skipped = Array.isArray(file.skip) ? file.skip.map(String) : [];
  const named = [...links.map(([old]) => old), ...renames.map(([old]) => old), ...skipped];
  const twice = named.find((name, index) => named.indexOf(name) !== index);
  if (twice !== undefined) throw new StartError(`Two things are said about ${twice}.`, "Say one of them.");
  return { links: new Map(links), renames: new Map(renames), skipped: new Set(skipped) };
}

function readMapping(path: string): Readonly<Record<string, unknown>> {
  try {
    const value = asObject(JSON.parse(readFileSync(path, "utf8")));
    const odd = Object.keys(value).find((key) => !["link", "rename", "skip"].includes(key));
    if (odd === undefined) return value;
    throw new Error(`it says ${JSON.stringify(odd)}`);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new StartError(`The mapping file ${path} can't be read: ${why}.`, REMEDY, { cause });
  }
}

function pairsOf(value: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(value).map(([old, here]) => [old, String(here)]);
}

/** A user name of the old service may have any sign but a space; the last `=` parts the two. */
function pair(option: string, text: string): [string, string] {
  const at = text.lastIndexOf("=");
  if (at > 0 && at < text.length - 1) return [text.slice(0, at), text.slice(at + 1)];
  throw new StartError(`${option} ${text} is no pair.`, `Write ${option} old=${option === "--link" ? "here" : "new"}.`);
}
