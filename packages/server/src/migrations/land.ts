import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { migrations } from "./index.ts";

const LANDED = path.join(import.meta.dirname, "landed.json");

/** SHA-256 of the files of migrations that a release carried: nobody edits them any more. */
export async function landedHashes(): Promise<Record<string, string>> {
  return JSON.parse(await readFile(LANDED, "utf8")) as Record<string, string>;
}

/** SHA-256 of a migration's file, in hex. */
export async function migrationHash(name: string): Promise<string> {
  const text = await readFile(path.join(import.meta.dirname, `${name}.ts`));
  return createHash("sha256").update(text).digest("hex");
}

/** Before a release: `node packages/server/src/migrations/land.ts` adds what is new, and changes no hash. */
async function land(): Promise<void> {
  const landed = await landedHashes();
  for (const name of Object.keys(migrations)) landed[name] ??= await migrationHash(name);
  await writeFile(LANDED, `${JSON.stringify(landed, null, 2)}\n`);
}

if (import.meta.main) await land();
