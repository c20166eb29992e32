import { makeTar } from "../transfers/testing-archives.ts";
import type { FileWork } from "./contract.ts";

/** What lies outside. So short and so mixed that no archive packs it: it is found in one as it is. */
export const SECRET = "a secret of somebody else: 0123456789BCDEFGHIJKLMNOPQRSTUVWXYZ";
const OWN = "own";
const LIMITS = { entries: 100, bytes: 10_000, ratio: null, depth: 10, pathBytes: 1000 };

export interface Attacked {
  readonly files: FileWork;
  readonly accountId: number;
  readonly workspace: number;
}

/** One kind of work in the folder `door`, again and again. */
export type Attack = (round: number) => Promise<unknown>;

/**
 * Everything that somebody can have file work do in a folder of theirs.
 * @param breach is told in words what was found of what lies outside
 */
export async function attacksOf(race: Attacked, breach: (what: string) => void): Promise<Attack[]> {
  const tar = await makeTar([
    { name: "deep/tree.txt", content: OWN },
    { name: "flat.txt", content: OWN },
  ]);
  return [...writersOf(race, tar), ...readersOf(race, breach), ...moversOf(race)];
}

function writersOf({ files, accountId, workspace }: Attacked, tar: Buffer): Attack[] {
  const run: FileWork["run"] = (_, name, args, io) => files.run(accountId, name, args, io);
  const stage = () => run(0, "stageUpload", { what: "x", limit: 9, left: 9 }, { input: [Buffer.from("x")] });
  const write: Attack = async (round) => {
    const staged = await stage();
    const placements = [{ parts: ["door", `new-${round % 7}`], staged }];
    await run(0, "placeStaged", { workspace, placements }).finally(() =>
      run(0, "discardStaged", { names: [staged.name] }),
    );
  };
  const upload: Attack = async (round) => {
    const name = `upload-race-${round}`;
    const place = { workspace, parts: ["door", `up-${round % 7}`], conflicts: "replace" } as const;
    await run(0, "beginUpload", { name, what: "x" });
    const question = { name, what: "x", offset: 0, most: 9, checksum: null };
    await run(0, "appendUpload", question, { input: [Buffer.from("x")] });
    await run(0, "checkPlace", place);
    await run(0, "placeUpload", { ...place, name }).finally(() => run(0, "discardStaged", { names: [name] }));
  };
  const unpack: Attack = async (round) => {
    const name = `tree-race-${round}`;
    await run(0, "receiveTar", { name, limits: LIMITS }, { input: [tar] });
    const place = { name, workspace, parts: ["door"], conflicts: "replace" } as const;
    await run(0, "placeTree", place).finally(() => run(0, "discardTree", { name }));
  };
  const makeFolder: Attack = (round) =>
    run(0, "makeFolder", { workspace, parts: ["door", `made-${round % 7}`, "deep"] });
  return [write, upload, unpack, makeFolder];
}

function readersOf({ files, accountId, workspace }: Attacked, breach: (what: string) => void): Attack[] {
  const run: FileWork["run"] = (_, name, args, io) => files.run(accountId, name, args, io);
  const secret = { workspace, parts: ["door", "secret.txt"] };
  const expectOwn = (what: string, text: string | Buffer) => {
    if (text.includes(SECRET.slice(0, 8))) breach(`${what} gave what lies outside`);
  };
  const expectOwnIn = async (what: string, bytes: AsyncIterable<Uint8Array>) => {
    const parts: Uint8Array[] = [];
    for await (const part of bytes) parts.push(part);
    expectOwn(what, Buffer.concat(parts));
  };
  const expectSize = (what: string, items: readonly { name: string; size: number }[]) => {
    for (const { name, size } of items)
      if (size === SECRET.length || name === "inner") breach(`${what} showed ${name}`);
  };
  const read = async () => {
    const { bytes } = await files.open(accountId, "downloadFile", secret);
    await expectOwnIn("a download", bytes);
  };
  const readFile = async () => {
    const { bytes } = await files.open(accountId, "downloadFile", { workspace, parts: ["own.txt"] });
    await expectOwnIn("a download of a file that was a link", bytes);
  };
  const pack = async () => {
    const { bytes } = await files.open(accountId, "packSelection", { workspace, paths: [["door"]], entries: 100 });
    await expectOwnIn("a zip", bytes);
  };
  const send = async () => {
    const { bytes } = await files.open(accountId, "sendTree", { workspace });
    await expectOwnIn("a share", bytes);
  };
  const edit = async () => {
    const { text, etag } = await run(0, "readText", secret);
    expectOwn("a text", text);
    const staged = await run(0, "stageUpload", { what: "x", limit: 99, left: 99 }, { input: [Buffer.from(OWN)] });
    await run(0, "replaceText", { ...secret, staged: staged.name, version: etag }).finally(() =>
      run(0, "discardStaged", { names: [staged.name] }),
    );
  };
  const look = async () => {
    const page = await run(0, "listFolder", { workspace, parts: ["door"], limit: 50 });
    expectSize("a listing", page.items);
    const found = await run(0, "walkTree", { workspace, parts: [], match: "e", depth: null, limit: 50 });
    expectSize("a search", found.items);
    const { details } = await run(0, "scanWorkspace", { workspace });
    if (JSON.stringify(details).includes("/inner")) breach("a scan showed what lies outside");
  };
  return [read, readFile, pack, send, edit, look];
}

function moversOf({ files, accountId, workspace }: Attacked): Attack[] {
  const run: FileWork["run"] = (_, name, args, io) => files.run(accountId, name, args, io);
  const secret = { workspace, parts: ["door", "secret.txt"] };
  const moveAway: Attack = async (round) => {
    const number = round % 7;
    const to = { workspace, parts: [`moved-${number}`] };
    const from = { workspace, parts: ["door", `new-${number}`] };
    await run(0, "moveEntry", { from, to, replaced: null });
    await run(0, "moveEntry", { from: to, to: { workspace, parts: ["door", `back-${number}`] }, replaced: null });
  };
  const copy: Attack = async (round) => {
    const number = round % 7;
    const name = `copy-race-${number}`;
    await run(0, "stageCopy", { from: secret, name });
    const copied = { workspace, parts: ["door", `copy-${number}`] };
    await run(0, "placeCopy", { name, to: copied, replaced: null }).finally(() => run(0, "discardCopy", { name }));
  };
  const throwAway: Attack = async (round) => {
    const number = round % 7;
    const entry = 1_000_000 + round;
    const names = [`back-${number}`, `copy-${number}`, `made-${number}`, "secret.txt"];
    const parts = ["door", names[round % names.length] ?? ""];
    await run(0, "trashFile", { workspace, parts, entry }).finally(() => run(0, "purgeEntry", { entry }));
  };
  return [moveAway, copy, throwAway];
}
