import { readFileSync } from "node:fs";

/** This release's version, as in package.json. */
export function stoaVersion(): string {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).version;
}
