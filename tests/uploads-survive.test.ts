import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeAccountsOf } from "../packages/server/src/platform/processes/testing-broker.ts";
import { createTestDatabase, type TestDatabase } from "../packages/server/src/testing/test-database.ts";
import { accessToken } from "./support/portal-client.ts";
import { ADMIN_PASSWORD, discard, newDataDir, type StoaProcess, startStoa } from "./support/stoa-process.ts";

/** A real server, killed at its work, and the protocol's own client. */
let database: TestDatabase;
let dataDir = "";
let stoa: StoaProcess;
let token = "";
beforeAll(async () => {
  database = await createTestDatabase();
  dataDir = newDataDir();
  await start();
}, 60_000);
afterAll(async () => {
  await discard(stoa);
  await database.drop();
}, 60_000);

async function start(): Promise<void> {
  stoa = await startStoa({ dataDir, env: { DATABASE_URL: database.url, STOA_LOG_LEVEL: "warn" } });
  token = await accessToken(stoa.url, "admin", ADMIN_PASSWORD);
}
const auth = () => ({ Authorization: `Bearer ${token}` });
async function workspace(): Promise<number> {
  const answer = await fetch(`${stoa.url}/workspaces/`, {
    method: "POST",
    headers: { ...auth(), "content-type": "application/json" },
    body: JSON.stringify({ name: "w", description: "", workspace_details: {} }),
  });
  return ((await answer.json()) as { data: { workspace: { id: number } } }).data.workspace.id;
}
const uploads = (id: number) => `${stoa.url}/api/stoa/v1/workspaces/${id}/uploads`;
const content = async (id: number, name: string) =>
  Buffer.from(
    await (
      await fetch(`${stoa.url}/api/stoa/v1/workspaces/${id}/files/content?path=${name}`, { headers: auth() })
    ).arrayBuffer(),
  );
const staged = () => {
  const account = readdirSync(join(dataDir, "workspaces"))[0] ?? "";
  const folder = join(dataDir, "workspaces", account, ".staging");
  return existsSync(folder) ? readdirSync(folder) : [];
};

describe("a resumable upload", () => {
  it("goes on after kill -9, again and again, and ends as it was sent", { timeout: 120_000 }, async () => {
    const id = await workspace();
    const bytes = randomBytes(12 << 20);
    const metadata = `path ${Buffer.from("big.bin").toString("base64")},sha256 ${Buffer.from(createHash("sha256").update(bytes).digest("hex")).toString("base64")}`;
    const headers = { ...auth(), "Tus-Resumable": "1.0.0" };
    const made = await fetch(uploads(id), {
      method: "POST",
      headers: { ...headers, "Upload-Length": String(bytes.length), "Upload-Metadata": metadata },
    });
    const url = made.headers.get("location") ?? "";
    const offset = async () => {
      const head = await fetch(stoa.url + url, { method: "HEAD", headers });
      expect(head.status).toBe(200);
      return Number(head.headers.get("upload-offset"));
    };
    let before = 0;
    for (let round = 0; round < 3; round += 1) {
      const from = await offset();
      const sending = fetch(stoa.url + url, {
        method: "PATCH",
        headers: { ...headers, "Upload-Offset": String(from), "Content-Type": "application/offset+octet-stream" },
        body: slowly(bytes.subarray(from)),
        duplex: "half",
      } as RequestInit).catch(() => null);
      await sleep(150 + round * 120);
      await stoa.kill();
      await sending;
      await start();
      const now = await offset();
      expect(now).toBeGreaterThanOrEqual(before);
      expect(existsSync(join(dataDir, "workspaces", "1", String(id), "big.bin"))).toBe(false);
      before = now;
    }
    expect(before).toBeGreaterThan(0);
    const rest = await fetch(stoa.url + url, {
      method: "PATCH",
      headers: { ...headers, "Upload-Offset": String(before), "Content-Type": "application/offset+octet-stream" },
      body: bytes.subarray(before),
    });
    expect(rest.status, await rest.text()).toBe(204);
    expect((await content(id, "big.bin")).equals(bytes)).toBe(true);
    expect(staged()).toEqual([]);
  });

  it("lets no two requests write at once", async () => {
    const id = await workspace();
    const headers = { ...auth(), "Tus-Resumable": "1.0.0" };
    const made = await fetch(uploads(id), {
      method: "POST",
      headers: { ...headers, "Upload-Length": "1000000", "Upload-Metadata": `path ${btoa("x")}` },
    });
    const url = stoa.url + (made.headers.get("location") ?? "");
    const bytes = { ...headers, "Content-Type": "application/offset+octet-stream", "Upload-Offset": "0" };
    const leaving = new AbortController();
    const body = slowly(Buffer.alloc(900_000), 200);
    const first = fetch(url, {
      method: "PATCH",
      headers: bytes,
      body,
      duplex: "half",
      signal: leaving.signal,
    } as RequestInit);
    first.catch(() => undefined);
    await sleep(200);
    const second = await fetch(url, { method: "PATCH", headers: bytes, body: Buffer.alloc(10) });
    expect(second.status).toBe(423);
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(423);
    leaving.abort();
    for (const end = Date.now() + 10_000; ; await sleep(50)) {
      const now = (await fetch(url, { method: "HEAD", headers })).headers.get("upload-offset") ?? "";
      const again = await fetch(url, {
        method: "PATCH",
        headers: { ...bytes, "Upload-Offset": now },
        body: Buffer.alloc(1),
      });
      if (again.status === 204) break;
      if (Date.now() > end) throw new Error(`still ${again.status}`);
    }
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(204);
    expect(staged()).toEqual([]);
  });

  it("is understood by the protocol's own client", async () => {
    const { Upload } = await import("tus-js-client");
    const id = await workspace();
    const bytes = randomBytes(3_000_000);
    await new Promise<void>((resolve, reject) => {
      const upload = new Upload(bytes, {
        endpoint: uploads(id),
        headers: auth(),
        metadata: { filename: "از کلاینت.bin" },
        chunkSize: 1_000_000,
        uploadDataDuringCreation: true,
        retryDelays: [],
        onError: reject,
        onSuccess: () => resolve(),
      });
      upload.start();
    });
    expect((await content(id, encodeURIComponent("از کلاینت.bin"))).equals(bytes)).toBe(true);
  });
});

async function* chunks(bytes: Buffer, pauseMs: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += 64 * 1024) {
    yield bytes.subarray(at, at + 64 * 1024);
    await sleep(pauseMs);
  }
}
function slowly(bytes: Buffer, pauseMs = 5): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks(bytes, pauseMs));
}

describe.runIf(process.getuid?.() === 0)("a disk that fills up in the midst", () => {
  let small: StoaProcess;
  let directory = "";
  let other: TestDatabase;
  beforeAll(async () => {
    directory = newDataDir();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m,mode=711", "tmpfs", directory]);
    other = await createTestDatabase();
    small = await startStoa({ dataDir: directory, env: { DATABASE_URL: other.url, STOA_LOG_LEVEL: "silent" } });
  }, 60_000);
  afterAll(async () => {
    await small.stop();
    // Whose they are is written on that disk.
    await removeAccountsOf(directory);
    execFileSync("umount", ["-l", directory]);
    await discard(small);
    await other.drop();
  }, 60_000);

  it("is told, keeps what came of an upload, and nothing of a tree", async () => {
    const jwt = await accessToken(small.url, "admin", ADMIN_PASSWORD);
    const headers = { Authorization: `Bearer ${jwt}`, "Tus-Resumable": "1.0.0" };
    const made = await fetch(`${small.url}/workspaces/`, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json" },
      body: JSON.stringify({ name: "w", description: "", workspace_details: {} }),
    });
    const { id } = ((await made.json()) as { data: { workspace: { id: number } } }).data.workspace;
    const at = `${small.url}/api/stoa/v1/workspaces/${id}`;
    const begun = await fetch(`${at}/uploads`, {
      method: "POST",
      headers: { ...headers, "Upload-Length": String(20 << 20), "Upload-Metadata": `path ${btoa("x")}` },
    });
    const url = small.url + (begun.headers.get("location") ?? "");
    const patch = await fetch(url, {
      method: "PATCH",
      headers: { ...headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream" },
      body: Buffer.alloc(20 << 20),
    });
    expect(patch.status, await patch.text()).toBe(507);
    const offset = Number((await fetch(url, { method: "HEAD", headers })).headers.get("upload-offset"));
    expect(offset).toBeGreaterThan(1 << 20);
    expect((await fetch(url, { method: "DELETE", headers })).status).toBe(204);
    const tree = await fetch(`${at}/files/batch`, {
      method: "PUT",
      headers: { ...headers, "Content-Type": "application/x-tar" },
      body: execFileSync(
        "tar",
        ["-cf", "-", "-C", "/", "--mode=644", "--transform=s,.*,big,", process.execPath.slice(1)],
        { maxBuffer: 1 << 30 },
      ),
    });
    expect(tree.status, await tree.text()).toBe(507);
    const list = await fetch(`${at}/files`, { headers });
    expect(((await list.json()) as { items: unknown[] }).items).toEqual([]);
    expect(readFileSync("/proc/mounts", "utf8")).toContain(directory);
    expect(
      Number(execFileSync("df", ["--output=used", "-B1", directory], { encoding: "utf8" }).split("\n")[1]),
    ).toBeLessThan(2 << 20);
  });
});
