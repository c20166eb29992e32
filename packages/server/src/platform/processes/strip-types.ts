/**
 * `node strip-types.ts <from> <into>`: writes a folder of TypeScript as plain JavaScript, everything else as it is.
 * A process of its own: Node says on standard error that the function is new.
 */
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { join } from "node:path";

const [from = "", into = ""] = process.argv.slice(2);
/** A file of ours, named in an import or a URL. */
const OWN_FILE = /(["'])(\.{1,2}\/[^"'\n]*)\.ts\1/g;

cpSync(from, into, { recursive: true });
for (const name of readdirSync(into, { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".ts")) continue;
  const file = join(into, name);
  const plain = stripTypeScriptTypes(readFileSync(file, "utf8")).replaceAll(OWN_FILE, "$1$2.mjs$1");
  rmSync(file);
  if (!name.endsWith(".test.ts")) writeFileSync(file.replace(/\.ts$/, ".mjs"), plain);
}
