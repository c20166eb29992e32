import { posix } from "node:path";
import type { SourceFile } from "./source-tree.ts";

const IMPORTS = [
  /\b(?:import|export)\s[^;'"`]*?\bfrom\s*["']([^"']+)["']/g,
  /\bimport\s*\(\s*["']([^"']+)["']\s*\)/g,
  /^\s*import\s+["']([^"']+)["']/gm,
];

/** What a file imports, as written; types and dynamic imports too. */
export function importsOf(file: SourceFile): string[] {
  const code = withoutComments(file.text);
  return IMPORTS.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ""));
}

/** The files of ours among them, as paths from the root. */
export function localImportsOf(file: SourceFile): string[] {
  return importsOf(file)
    .map((specifier) => {
      if (specifier.startsWith(".")) return posix.join(posix.dirname(file.path), specifier);
      const own = /^@stoa\/(\w+)\/(.+)$/.exec(specifier);
      return own === null ? null : `packages/${own[1]}/src/${own[2]}`;
    })
    .filter((path) => path !== null);
}

/** The package a specifier belongs to; null for our files and Node's own modules. */
export function packageOf(specifier: string): string | null {
  if (/^[./]|^(node|virtual|data):/.test(specifier)) return null;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? null);
}

/** Comments may show imports as examples. Strings are left: a comment sign in a string is rarer than a URL. */
export function withoutComments(text: string): string {
  return text.replace(/\/\*.*?\*\//gs, "").replace(/(^|\s)\/\/.*$/gm, "$1");
}
