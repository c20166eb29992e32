import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, send } from "../../support/portal-client.ts";
import { type Expected, expectedThings } from "../ledger.ts";
import { OLD_FILES, OLD_TOKEN } from "../old-service.ts";
import { sha256 } from "../stage.ts";
import type { World } from "../world.ts";

/** Compares each thing's state and contents with what the ledger allows. */
export async function judgeThings(world: World): Promise<string[]> {
  const sight = await look(world);
  const found: string[] = [];
  for (const thing of expectedThings(world.ledger.lines)) {
    const is = observe(world, sight, thing);
    if (!thing.states.has(is)) {
      found.push(`${thing.kind} ${thing.name} is ${is}, and may be ${[...thing.states].join(" or ")}`);
    }
  }
  return found;
}

/** What is asked once for all things. */
interface Sight {
  readonly trash: ReadonlyMap<string, number>;
  readonly shares: ReadonlyMap<number, Share>;
  readonly received: ReadonlySet<number>;
  /** Imported workspaces' numbers, by name. */
  readonly imported: ReadonlyMap<string, readonly number[]>;
}

interface Share {
  readonly is_accepted: boolean;
  readonly shared_workspace_id: { readonly id: number };
}

async function look({ client, mates }: World): Promise<Sight> {
  const { original_workspaces: sent } = (await client.call("GET", "/shared_workspaces/")).json.data;
  const answers = await Promise.all(mates.map((mate) => mate.call("GET", "/workspaces/")));
  const received = answers.flatMap(({ json }) => json.data.workspaces as { id: number }[]);
  return {
    trash: await readTrash(client),
    shares: new Map((sent as Share[]).map((share) => [share.shared_workspace_id.id, share])),
    received: new Set(received.map(({ id }) => id)),
    imported: importedOf(
      await send(`${client.base}/workspaces/`, "GET", undefined, { "UWS-Authorization": `Token ${OLD_TOKEN}` }),
    ),
  };
}

function importedOf(answer: Answer): Map<string, number[]> {
  const list = (answer.status === 200 ? answer.json.data.workspaces : []) as { id: number; name: string }[];
  const byName = new Map<string, number[]>();
  for (const { id, name } of list) byName.set(name, [...(byName.get(name) ?? []), id]);
  return byName;
}

interface TrashPage {
  readonly items: readonly { readonly id: number; readonly path: string }[];
  readonly next_cursor: string | null;
}

async function readTrash(client: World["client"]): Promise<Map<string, number>> {
  const entries = new Map<string, number>();
  for (let query: string | null = "?limit=200"; query !== null; ) {
    const page: TrashPage = (await client.call("GET", `/api/stoa/v1/trash${query}`)).json;
    for (const { id, path } of page.items) if (path !== "") entries.set(path, id);
    query = page.next_cursor === null ? null : `?limit=200&cursor=${page.next_cursor}`;
  }
  return entries;
}

function observe(world: World, sight: Sight, thing: Expected): string {
  const { places } = world;
  const file = (workspace: number, path: string) => hashOf(world, "workspaces", workspace, path);
  const known = (is: string | null, state: string) =>
    is === null ? "absent" : is === thing.sha256 ? state : "changed";
  switch (thing.kind) {
    case "bin":
      return observeBin(world, sight, thing);
    case "move":
      return observeMove(thing, file(places.moves, thing.name), file(places.moves, `to/${thing.name}`));
    case "copy":
      return known(file(places.moves, `copies/${thing.name}`), "there");
    case "tus":
      return known(file(places.resumable, thing.name), "there");
    case "share":
      return observeShare(world, sight, Number(thing.name));
    case "import":
      return observeImport(world, sight, thing);
  }
}

function observeBin(world: World, { trash }: Sight, { name, sha256: hash }: Expected): string {
  const there = hashOf(world, "workspaces", world.places.bin, name);
  const entry = trash.get(name);
  if (entry !== undefined && there !== null) return "in the trash and not";
  if (entry === undefined) return there === null ? "absent" : there === hash ? "there" : "changed";
  return hashOf(world, "trash", entry, name) === hash ? "trash" : "in the trash, changed or lost";
}

/** Copying leaves it where it is. */
function observeMove({ sha256: hash }: Expected, from: string | null, to: string | null): string {
  if (from !== null && to !== null) return "in both places";
  if (from === null && to === null) return "absent";
  return (from ?? to) !== hash ? "changed" : from === null ? "to" : "from";
}

function observeShare(world: World, { shares, received }: Sight, id: number): string {
  const share = shares.get(id);
  if (share === undefined) return received.has(id) ? "ended, and the receiver has it" : "ended";
  if (share.is_accepted !== received.has(id)) return share.is_accepted ? "accepted and gone" : "not accepted and shown";
  const wrong = Object.entries(world.sharedFiles).filter(
    ([path, hash]) => hashOf(world, "workspaces", id, path) !== hash,
  );
  if (wrong.length > 0) return `without ${wrong.map(([path]) => path).join(", ")} as they were`;
  return share.is_accepted ? "accepted" : "offered";
}

function observeImport(world: World, { imported }: Sight, { name, sha256: hash }: Expected): string {
  const ids = imported.get(`old-${name}`) ?? [];
  if (ids.length > 1) return `there ${ids.length} times`;
  const [id] = ids;
  if (id === undefined) return "absent";
  if (id !== Number(name)) return `there as ${id}`;
  const whole = Array.from({ length: OLD_FILES }, (_, n) => hashOf(world, "workspaces", id, `${n}.txt`) === hash);
  return whole.every(Boolean) ? "there" : "there, not whole";
}

/** Of a file in anybody's folder: numbers of workspaces and of the trash's entries are nobody else's. */
function hashOf({ dataDir }: World, area: "workspaces" | "trash", id: number, path: string): string | null {
  const [found] = globSync(join(dataDir, area, "*", String(id)));
  const file = found === undefined ? null : join(found, path);
  return file !== null && existsSync(file) ? sha256(readFileSync(file)) : null;
}

/** No acknowledged byte of an unfinished upload may have to be sent again. */
export async function judgeOffsets({ client, ledger }: World): Promise<string[]> {
  const offsets = new Map<string, { name: string; bytes: number }>();
  for (const line of ledger.lines) if (line.what === "offset") offsets.set(line.url, line);
  const done = new Set(
    ledger.lines.flatMap((line) =>
      line.what === "thing" && line.kind === "tus" && line.stage === "ack" ? line.name : [],
    ),
  );
  const found: string[] = [];
  for (const [url, { name, bytes }] of offsets) {
    if (done.has(name)) continue;
    const answer = await client.call("HEAD", url, undefined, { "Tus-Resumable": "1.0.0" });
    const offset = Number(answer.headers.get("upload-offset"));
    if (answer.status !== 200 || offset < bytes)
      found.push(`upload ${name}: ${answer.status}, ${offset} of ${bytes} bytes`);
  }
  return found;
}
