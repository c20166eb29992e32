/**
 * `node look-back.ts <workspaces> <trash> <calls>`: does file work for one person in the machine that their storage is
 * mounted in, as whoever runs it, by the same code as a person's own agent. Calls are `[name, arguments]` in JSON, and so
 * are the outcomes, one for each: what was answered, or the error's code.
 */
import type { CommandIo, FileCommand } from "../../../../packages/server/src/workspaces/file-work/contract.ts";
import { createPersonFolders } from "../../../../packages/server/src/workspaces/file-work/person-folders.ts";
import { describeEntry } from "../../../../packages/server/src/workspaces/files/describe-entry.ts";
import { listFolderAsOf } from "../../../../packages/server/src/workspaces/files/list-folder-as-of.ts";
import { measureEntry } from "../../../../packages/server/src/workspaces/files/measure-entry.ts";
import { openPlace } from "../../../../packages/server/src/workspaces/files/open-place.ts";
import { openSnapshot } from "../../../../packages/server/src/workspaces/files/open-snapshot.ts";
import { placeBeside } from "../../../../packages/server/src/workspaces/files/place-beside.ts";
import { stageCopy } from "../../../../packages/server/src/workspaces/files/stage-copy.ts";

/** Those that it is about: all of them would want archives' packages beside them. */
const commands = { describeEntry, listFolderAsOf, measureEntry, placeBeside, stageCopy };
export type LookBackCall = {
  [K in keyof typeof commands]: [K, Parameters<(typeof commands)[K]>[1]];
}[keyof typeof commands];

const [workspaces = "", trash = "", calls = "[]"] = process.argv.slice(2);
const folders = createPersonFolders({
  accountId: 1,
  stagingMark: "mark",
  symlinkRoots: [],
  account: () => openPlace(workspaces, "workspaces"),
  trash: () => openPlace(trash, "trash"),
  aside: async () => null,
  snapshot: (name) => openSnapshot(workspaces, name),
});
const outcomes: unknown[] = [];
const io: CommandIo = { input: nothing(), signal: new AbortController().signal, progress: () => undefined };
for (const [name, args] of JSON.parse(calls) as LookBackCall[]) {
  try {
    const command = commands[name] as FileCommand<unknown, unknown>;
    outcomes.push({ answer: await command(folders, args, io) });
  } catch (error) {
    const { code, message, cause } = error as Error & { code?: unknown };
    outcomes.push({ code, message, cause: String((cause as Error | undefined)?.cause ?? cause) });
  }
}
console.log(JSON.stringify(outcomes));

async function* nothing(): AsyncGenerator<Uint8Array> {}
