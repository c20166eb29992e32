/**
 * Files in and out: an upload beside `cat`, 5,000 small files beside `tar x`, a zip while it is written, the first page
 * of a large folder. STOA_BENCH_UPLOAD_MB, STOA_BENCH_ZIP_MB and STOA_BENCH_SMALL_FILES make it smaller for a try.
 */
import { execFileSync, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  closeSync,
  createReadStream,
  globSync,
  mkdirSync,
  openSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { accessToken } from "../tests/support/portal-client.ts";
import { ADMIN_PASSWORD, discard, startStoa } from "../tests/support/stoa-process.ts";
import { endChildren, firstLine } from "./support/child.ts";
import { median } from "./support/median.ts";
import { watchMemory } from "./support/process-memory.ts";
import { atLeast, atMost, print, type Row } from "./support/report.ts";

const ROUNDS = 5;
const BARE = join(import.meta.dirname, "support/bare-upload.ts");
const MEGABYTE = 1 << 20;
const UPLOAD_MB = sizeOf("STOA_BENCH_UPLOAD_MB", 2048);
const ZIP_MB = sizeOf("STOA_BENCH_ZIP_MB", 1024);
const SMALL_FILES = sizeOf("STOA_BENCH_SMALL_FILES", 5_000);
const MANY_FILES = 10_000;
const SMALL_BYTES = 2_048;
/** What a transfer may add to the server's memory, MiB: buffers under way, not the file. */
const FLAT_MB = 150;

const stoa = await startStoa({
  env: { STOA_REQUESTS_PER_MINUTE: "0", STOA_LOG_LEVEL: "warn", STOA_UPLOAD_LIMIT: "8GiB" },
});
const ground = join(stoa.dataDir, "bench");
mkdirSync(ground);
const token = await accessToken(stoa.url, "admin", ADMIN_PASSWORD);
const headers = { authorization: `Bearer ${token}` };
try {
  const id = await workspace();
  print({
    name: "Files transfer",
    rows: [...(await upload(id)), ...(await smallFiles(id)), ...(await zip(id)), await listing(id)],
  });
} finally {
  await discard(stoa);
}

async function upload(id: number): Promise<Row[]> {
  const source = join(ground, "source");
  writeNoise(source, UPLOAD_MB);
  const copy = join(ground, "copy");
  const peer = spawn(process.execPath, [BARE, copy], { stdio: ["ignore", "pipe", "inherit"] });
  const bareUrl = await firstLine(peer, "the bare handler");
  const [ours, synced, plain, handler]: [number[], number[], number[], number[]] = [[], [], [], []];
  let grown = 0;
  // Memory that the machine has not used for a while costs the first who writes there: so nobody is always the first.
  for (let round = 0; round <= ROUNDS; round += 1) {
    const bare = await seconds(async () => shell(`cat "$0" > "$1"`, source, copy));
    rmSync(copy);
    const memory = watchMemory(stoa.pid);
    const our = await seconds(() => send(id, source, `up-${round}`));
    grown = Math.max(grown, memory.stop());
    await call("DELETE", `/api/stoa/v1/workspaces/${id}/files?path=up-${round}`);
    emptyTrash();
    const durable = await seconds(async () => shell(`cat "$0" > "$1" && sync "$1"`, source, copy));
    rmSync(copy);
    const handled = await seconds(() => sendBare(bareUrl, source));
    rmSync(copy);
    if (round === 0) continue;
    handler.push(handled);
    plain.push(bare);
    ours.push(our);
    synced.push(durable);
  }
  await endChildren([peer]);
  rmSync(source);
  const [our, cat, bare, node] = [median(ours), median(synced), median(plain), median(handler)];
  const note = `ours ${rate(UPLOAD_MB, our)} until it is on the disk; cat, which leaves it in memory, ${rate(UPLOAD_MB, bare)}, with sync ${rate(UPLOAD_MB, cat)}; a bare node:http handler that syncs ${rate(UPLOAD_MB, node)}`;
  return [
    atLeast(`Upload of ${UPLOAD_MB} MiB, beside \`cat\``, ratio(bare, our), 0.7, "×", note),
    atLeast("The same beside a bare node:http handler", ratio(node, our), 0.7, "×"),
    atMost("Memory that the server and its file agents grow by meanwhile", Math.round(grown), FLAT_MB, "MiB"),
  ];
}

async function sendBare(url: string, source: string): Promise<void> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const asked = request(
      url,
      { method: "PUT", agent: false, headers: { "content-length": statSync(source).size } },
      resolve,
    );
    asked.once("error", reject);
    createReadStream(source, { highWaterMark: MEGABYTE }).pipe(asked);
  });
  answer.resume();
  await new Promise((resolve) => answer.once("end", resolve));
}

/** So that the disk's cache has the same room for everybody. */
function emptyTrash(): void {
  for (const entry of globSync(join(stoa.dataDir, "trash/*/*"))) rmSync(entry, { recursive: true });
}

/** A resumable upload in one PATCH. */
async function send(id: number, source: string, name: string): Promise<void> {
  const size = statSync(source).size;
  const tus = { ...headers, "tus-resumable": "1.0.0" };
  const metadata = `path ${Buffer.from(name).toString("base64")}`;
  const begun = await exchange("POST", `/api/stoa/v1/workspaces/${id}/uploads`, {
    ...tus,
    "upload-length": String(size),
    "upload-metadata": metadata,
  });
  const bytes = {
    ...tus,
    "upload-offset": "0",
    "content-type": "application/offset+octet-stream",
    "content-length": String(size),
  };
  await exchange("PATCH", String(begun.headers.location), bytes, createReadStream(source, { highWaterMark: MEGABYTE }));
}

async function smallFiles(id: number): Promise<Row[]> {
  const archive = join(ground, "small.tar");
  makeTar(archive, SMALL_FILES, SMALL_BYTES);
  const [ours, tar, synced]: [number[], number[], number[]] = [[], [], []];
  // Nothing is removed in between: ext4 walks past the numbers of files just removed, one by one, whoever comes next.
  for (let round = 0; round <= 2 * ROUNDS; round += 1) {
    const our = await seconds(() => sendTar(id, archive, `small-${round}`));
    const into = join(ground, `into-${round}`);
    mkdirSync(into);
    const theirs = await seconds(async () => shell(`tar -xf "$0" -C "$1"`, archive, into));
    const sync = await seconds(async () => shell(`sync -f "$0"`, into));
    if (round === 0) continue;
    ours.push(our);
    tar.push(theirs);
    synced.push(theirs + sync);
  }
  const [our, theirs, durable] = [median(ours), median(tar), median(synced)];
  const note = `ours ${our.toFixed(2)} s until all is on the disk; tar, which leaves it in memory, ${theirs.toFixed(2)} s; with a sync after it ${durable.toFixed(2)} s, ratio ${(durable / our).toFixed(2)}`;
  return [atLeast(`${SMALL_FILES} files of 2 KiB in one go, beside \`tar x\``, ratio(theirs, our), 0.5, "×", note)];
}

async function sendTar(id: number, archive: string, into: string): Promise<void> {
  const bytes = { ...headers, "content-type": "application/x-tar", "content-length": String(statSync(archive).size) };
  await exchange("PUT", `/api/stoa/v1/workspaces/${id}/files/batch?path=${into}`, bytes, createReadStream(archive));
}

async function zip(id: number): Promise<Row[]> {
  const part = join(ground, "part");
  writeNoise(part, Math.ceil(ZIP_MB / 4));
  for (let count = 0; count < 4; count += 1) await send(id, part, `zipped/${count}.bin`);
  rmSync(part);
  const first: number[] = [];
  let grown = 0;
  let whole = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const memory = watchMemory(stoa.pid);
    const start = performance.now();
    let bytes = 0;
    const answer = await open("GET", `/api/stoa/v1/workspaces/${id}/files/zip?path=zipped`, headers);
    for await (const chunk of answer) {
      if (bytes === 0) first.push(performance.now() - start);
      bytes += (chunk as Buffer).byteLength;
    }
    if (bytes < ZIP_MB * MEGABYTE) throw new Error(`the zip has ${bytes} bytes only`);
    whole = (performance.now() - start) / 1_000;
    grown = Math.max(grown, memory.stop());
  }
  return [
    atMost(
      `First byte of a zip of ${ZIP_MB} MiB`,
      Math.round(median(first)),
      200,
      "ms",
      `all of it at ${rate(ZIP_MB, whole)}`,
    ),
    atMost("Memory that the server and its file agents grow by meanwhile", Math.round(grown), FLAT_MB, "MiB"),
  ];
}

async function listing(id: number): Promise<Row> {
  const archive = join(ground, "many.tar");
  makeTar(archive, MANY_FILES, 16, 1);
  await sendTar(id, archive, "many");
  const took: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) {
    const ms = 1_000 * (await seconds(() => call("GET", `/api/stoa/v1/workspaces/${id}/files?path=many/0`)));
    if (round > 0) took.push(ms);
  }
  return atMost("First page of a folder of 10,000 files", Math.round(median(took)), 100, "ms");
}

async function workspace(): Promise<number> {
  const answer = await fetch(`${stoa.url}/workspaces/`, {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({ name: "bench", description: "", workspace_details: {} }),
  });
  return ((await answer.json()) as { data: { workspace: { id: number } } }).data.workspace.id;
}

async function call(method: string, path: string): Promise<void> {
  await exchange(method, path, headers);
}

async function exchange(
  method: string,
  path: string,
  sent: Record<string, string>,
  body?: Readable,
): Promise<IncomingMessage> {
  const answer = await open(method, path, sent, body);
  answer.resume();
  await new Promise((resolve) => answer.once("end", resolve));
  return answer;
}

function open(method: string, path: string, sent: Record<string, string>, body?: Readable): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(stoa.url + path, { method, headers: sent }, (answer) => {
      if ((answer.statusCode ?? 500) < 300) resolve(answer);
      else reject(new Error(`${method} ${path}: ${answer.statusCode}`));
    });
    asked.once("error", reject);
    if (body) body.pipe(asked);
    else asked.end();
  });
}

/** Bytes that no compression makes smaller. */
function writeNoise(file: string, megabytes: number): void {
  const noise = randomBytes(MEGABYTE);
  const handle = openSync(file, "w");
  for (let count = 0; count < megabytes; count += 1) writeSync(handle, noise);
  closeSync(handle);
}

function makeTar(archive: string, files: number, bytes: number, folders = 50): void {
  const folder = join(ground, "packed");
  for (let count = 0; count < files; count += 1) {
    const parent = join(folder, String(count % folders));
    if (count < folders) mkdirSync(parent, { recursive: true });
    writeFileSync(join(parent, `${count}.txt`), Buffer.alloc(bytes, count));
  }
  shell(`tar -cf "$0" -C "$1" .`, archive, folder);
  rmSync(folder, { recursive: true });
  // What the disk still has to do is nobody's time below.
  shell("sync");
}

/** `$0`, `$1` … are arguments, never part of the command. */
function shell(command: string, ...args: readonly string[]): void {
  execFileSync("sh", ["-c", command, ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1_000;
}

function ratio(theirs: number, ours: number): number {
  return Number((theirs / ours).toFixed(2));
}

function rate(megabytes: number, took: number): string {
  return `${Math.round(megabytes / took)} MiB/s`;
}

function sizeOf(name: string, byDefault: number): number {
  return Number(process.env[name] ?? byDefault);
}
