import { appendFileSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { judge } from "./judge.ts";
import { expectedThings, type ThingKind } from "./ledger.ts";
import type { World } from "./world.ts";

/**
 * Breaks a promise of each kind by hand, outside of Stoa: a judge that does not notice is worth nothing.
 * @returns what it did not notice
 */
export async function judgeTheJudge(world: World): Promise<string[]> {
  const { places, dataDir } = world;
  const file = (id: number, pattern: string) => globSync(join(dataDir, "workspaces", "*", String(id), pattern))[0];
  const breakings: [string, RegExp, () => void][] = [
    ["an upload", /was never acknowledged/, () => overwrite(file(places.uploads, "file-*.bin"))],
    ["a note", /has lost its note/, () => overwrite(file(madeAndKept(world), "note.txt"))],
    ["a session", /was started 2 times/, () => startTwice(world.startedFile)],
    ["a restored file", /^bin .* is changed/, () => overwrite(file(places.bin, named(world, "bin", "there")))],
    ["a deleted file", /^bin .* in the trash, changed or lost/, () => loseFromTrash(world)],
    ["a moved file", /^move .* is changed/, () => overwrite(file(places.moves, `to/${named(world, "move", "to")}`))],
    [
      "a copied file",
      /^copy .* is changed/,
      () => overwrite(file(places.moves, `copies/${named(world, "copy", "there")}`)),
    ],
    ["a resumed upload", /^tus .* is absent/, () => remove(file(places.resumable, named(world, "tus", "there")))],
    [
      "a share",
      /^share .* without part\/1.bin/,
      () => overwrite(file(Number(named(world, "share", "accepted")), "part/1.bin")),
    ],
    ["an import", /^import .* not whole/, () => overwrite(file(Number(named(world, "import", "there")), "3.txt"))],
    ["bytes of an upload", /^upload nothing: 404/, () => promiseBytes(world)],
  ];
  const untried: string[] = [];
  for (const [what, , breakIt] of breakings) {
    try {
      breakIt();
    } catch (error) {
      untried.push(`judge: ${what} could not be broken: ${error instanceof Error ? error.message : error}`);
    }
  }
  const found = await judge(world);
  return breakings
    .filter(
      ([what, pattern]) => !untried.some((text) => text.includes(what)) && !found.some((text) => pattern.test(text)),
    )
    .map(([what, pattern]) => `judge: it did not notice that ${what} was broken (${pattern})`)
    .concat(untried);
}

/** One that is certainly in this state. @throws when a short run has none */
function named(world: World, kind: ThingKind, state: string): string {
  const things = expectedThings(world.ledger.lines);
  const fit = things.find((thing) => thing.kind === kind && thing.states.size === 1 && thing.states.has(state));
  if (fit === undefined) throw new Error(`no ${kind} is ${state}: give it more rounds`);
  return fit.name;
}

/** A workspace that nobody wanted to delete. */
function madeAndKept({ ledger }: World): number {
  const deleted = new Set(ledger.lines.flatMap((line) => (line.what === "delete" ? line.id : [])));
  const made = ledger.lines.flatMap((line) => (line.what === "create" && line.id !== undefined ? line.id : []));
  const kept = made.find((id) => !deleted.has(id));
  if (kept === undefined) throw new Error("no workspace was kept: give it more rounds");
  return kept;
}

function overwrite(path: string | undefined): void {
  if (path === undefined) throw new Error("nothing to break");
  writeFileSync(path, "not what was acknowledged");
}

function remove(path: string | undefined): void {
  if (path === undefined) throw new Error("nothing to break");
  rmSync(path);
}

function loseFromTrash(world: World): void {
  remove(globSync(join(world.dataDir, "trash", "*", "*", named(world, "bin", "trash")))[0]);
}

function startTwice(startedFile: string): void {
  appendFileSync(startedFile, `${readFileSync(startedFile, "utf8").split("\n")[0]}\n`);
}

function promiseBytes({ ledger, places }: World): void {
  const url = `/api/stoa/v1/workspaces/${places.resumable}/uploads/00000000-0000-4000-8000-000000000000`;
  ledger.write({ what: "offset", stage: "ack", url, name: "nothing", bytes: 1 });
}
