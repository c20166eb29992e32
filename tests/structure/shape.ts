import { basename } from "node:path";
import { withoutComments } from "./imports.ts";
import { isTest, type SourceFile, type Violation } from "./source-tree.ts";

const LONGEST = 300;
const LONGEST_TEST = 500;
const DEEPEST = 4;

/** Words that say nothing about what is inside. */
const EMPTY_WORDS = new Set(["util", "utils", "helper", "helpers", "misc", "common", "manager", "managers", "stuff"]);

/** Files that would not be read to the end. */
export function lengthViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.replace(/\n$/, "").split("\n").length;
    const limit = isTest(path) ? LONGEST_TEST : LONGEST;
    return lines > limit ? [`${path} has ${lines} lines, over ${limit}: find the two things in it`] : [];
  });
}

/** Names in kebab-case, and none that says nothing. */
export function nameViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path }) => {
    const folders = path.split("/").slice(0, -1);
    const [stem = "", ...kinds] = basename(path).split(".");
    const words = [...folders, stem].flatMap((part) => part.split("-"));
    const empty = words.find((word) => EMPTY_WORDS.has(word));
    const python = path.endsWith(".py") ? /^[a-z0-9_]+$/ : /^[a-z0-9]+(-[a-z0-9]+)*$/;
    const odd =
      [stem, ...kinds].find((part) => !python.test(part)) ?? folders.find((part) => !/^[a-z0-9._-]+$/.test(part));
    return [
      ...(empty === undefined ? [] : [`${path}: "${empty}" doesn't say what is inside`]),
      ...(odd === undefined ? [] : [`${path}: "${odd}" is not in kebab-case`]),
    ];
  });
}

/** Folders nested so deep that nobody finds the way. */
export function depthViolations(files: readonly SourceFile[]): Violation[] {
  return files.flatMap(({ path }) => {
    const below = /^packages\/[^/]+\/src\/(.*)\/[^/]+$/.exec(path)?.[1];
    const depth = below === undefined ? 0 : below.split("/").length;
    return depth > DEEPEST ? [`${path} lies ${depth} folders deep, over ${DEEPEST}`] : [];
  });
}

/** `any`, and suppressions that don't say why. */
export function suppressionViolations(files: readonly SourceFile[]): Violation[] {
  const typed = files.filter(({ path }) => /\.(ts|tsx|mts)$/.test(path));
  return typed.flatMap((file) => [...silenced(file), ...unreasoned(file), ...untyped(file)]);
}

function silenced({ path, text }: SourceFile): Violation[] {
  // Put together, or this file would find itself.
  const words = [`@ts-${"ignore"}`, `@ts-${"nocheck"}`];
  return words.filter((word) => text.includes(word)).map((word) => `${path} has ${word}: mend the type`);
}

function unreasoned({ path, text }: SourceFile): Violation[] {
  const expected = [...text.matchAll(/(?:\/\/|\*)\s*@ts-expect-error(.*)$/gm)];
  const ignored = [...text.matchAll(/(?:\/\/|\*)\s*biome-ignore(?:-\w+)?\s+[\w/-]+(.*)$/gm)];
  return [
    ...expected
      .filter(([, why = ""]) => why.trim().length < 10)
      .map(() => `${path}: @ts-expect-error without a reason`),
    ...ignored
      .filter(([, why = ""]) => !/^:\s*[^<\s].{7,}/.test(why))
      .map(() => `${path}: biome-ignore without a reason`),
  ];
}

/** A suppression on the line before, which has its reason, excuses it. */
function untyped({ path, text }: SourceFile): Violation[] {
  const excused = text.replace(/biome-ignore lint\/suspicious\/noExplicitAny:.*\n.*/g, "");
  const found = /(?:[:<,|&]\s*|\bas\s+|=\s*)any\b(?=\s*[;,)>=[\]|&{}]|\s*$)/m.test(bareCode(excused));
  return found ? [`${path} uses any: use unknown, and look`] : [];
}

/** Without comments and without what stands in quotes. */
function bareCode(text: string): string {
  return withoutComments(text).replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
}
