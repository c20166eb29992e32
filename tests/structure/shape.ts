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
  return files
    .filter(({ path }) => /\.(ts|tsx|mts)$/.test(path))
    .flatMap(({ path, text }) => {
      const found: Violation[] = [];
      // Put together, or this file would find itself.
      if (text.includes(`@ts-${"ignore"}`) || text.includes(`@ts-${"nocheck"}`))
        found.push(`${path} silences the compiler: mend the type`);
      for (const match of text.matchAll(/(?:\/\/|\*)\s*@ts-expect-error(.*)$/gm)) {
        if ((match[1] ?? "").trim().length < 10) found.push(`${path}: @ts-expect-error without a reason`);
      }
      for (const match of text.matchAll(/(?:\/\/|\*)\s*biome-ignore\s+[\w/-]+(.*)$/gm)) {
        if (!/^:\s*[^<\s].{9,}/.test(match[1] ?? "")) found.push(`${path}: biome-ignore without a reason`);
      }
      if (/(?:[:<,|&]\s*|\bas\s+|=\s*)any\b(?=\s*[;,)>=[\]|&{}]|\s*$)/m.test(bareCode(text)))
        found.push(`${path} uses any: use unknown, and look`);
      return found;
    });
}

/** Without comments and without what stands in quotes. */
function bareCode(text: string): string {
  return withoutComments(text).replace(/"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'/g, '""');
}
