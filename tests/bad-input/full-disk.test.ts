import { execFileSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { removeAccountsOf } from "../../packages/server/src/platform/processes/testing-broker.ts";
import { createTestDatabase, type TestDatabase } from "../../packages/server/src/testing/test-database.ts";
import { type PortalClient, signIn } from "../support/portal-client.ts";
import { discard, newDataDir, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const asRoot = process.getuid?.() === 0;

/** A real server whose data directory is a disk of its own, which is full. Only root can give it one. */
describe.runIf(asRoot)("a full disk", () => {
  let database: TestDatabase;
  let stoa: StoaProcess;
  let client: PortalClient;
  let workspaceId = 0;
  let running = 0;
  let dataDir = "";
  const filler = () => join(dataDir, "filler");

  beforeAll(async () => {
    dataDir = newDataDir();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=24m,mode=711", "tmpfs", dataDir]);
    database = await createTestDatabase();
    const main = join(import.meta.dirname, "stoa-with-bad-programs.ts");
    stoa = await startStoa({ dataDir, env: { DATABASE_URL: database.url }, main });
    client = await signIn(stoa.url, "admin", stoa.adminPassword);
    const details = { files: [{ name: "a.txt", content: "old" }] };
    const body = { name: "kept", description: "", workspace_details: details };
    workspaceId = (await client.call("POST", "/workspaces/", body)).json.data.workspace.id;
    running = await start("waits_then_ends");
    await until(running, ["running"]);
    fill();
  }, 60_000);

  afterAll(async () => {
    if (stoa) await stoa.stop();
    // Whose they are is written on that disk.
    await removeAccountsOf(dataDir);
    execFileSync("umount", ["-l", dataDir]);
    if (stoa) await discard(stoa);
    await database.drop();
  }, 30_000);

  function fill(): void {
    const file = openSync(filler(), "w");
    try {
      for (let size = 1 << 20; size > 0; size >>= 4) {
        try {
          for (;;) if (writeSync(file, Buffer.alloc(size)) < size) break;
        } catch {
          // Full for pieces of this size.
        }
      }
    } finally {
      closeSync(file);
    }
  }

  async function start(jobType: string): Promise<number> {
    const started = await client.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: jobType });
    expect(started.status, started.text).toBe(200);
    return started.json.data.job.id;
  }

  async function until(id: number, states: readonly string[]) {
    for (const limit = Date.now() + 15_000; ; await sleep(50)) {
      const seen = (await client.call("GET", `/api/stoa/v1/sessions/${id}`)).json;
      if (states.includes(seen.status)) return seen;
      if (Date.now() > limit) throw new Error(`session ${id} is ${JSON.stringify(seen)}`);
    }
  }

  const folder = () => join(dataDir, "workspaces", "1", String(workspaceId));
  const staging = () => readdirSync(join(dataDir, "workspaces", "1", ".staging"));
  const files = () => `/api/stoa/v1/workspaces/${workspaceId}/files`;
  const big = "x".repeat(900_000);

  it("refuses each way to write a file with 507 in its contract's shape, and leaves nothing half-written", async () => {
    const form = new Response(
      (() => {
        const data = new FormData();
        data.append("file", new Blob([big]), "a.txt");
        return data;
      })(),
    );
    const type = { "Content-Type": form.headers.get("content-type") ?? "" };
    const multipart = new Uint8Array(await form.arrayBuffer());
    const details = { workspace_details: { files: [{ name: "a.txt", content: big }] } };
    const raw = { "Content-Type": "text/plain" };
    const upload = await client.call("PUT", `/workspaces/${workspaceId}/upload/`, multipart, type);
    const update = await client.call("PUT", `/workspaces/${workspaceId}/`, details);
    const create = await client.call("POST", "/workspaces/", { name: "half", description: "", ...details });
    for (const answer of [upload, update, create]) {
      expect([answer.status, answer.json], answer.text).toEqual([
        507,
        { success: false, message: expect.stringMatching(/no room/i) },
      ]);
    }
    const put = await client.call("PUT", `${files()}/content?path=a.txt`, big, raw);
    expect(put, put.text).toMatchObject({ status: 507, json: { code: "disk_full" } });
    expect(readFileSync(join(folder(), "a.txt"), "utf8")).toBe("old");
    expect(readdirSync(folder())).toEqual(["a.txt"]);
    expect(staging()).toEqual([]);
    const { workspaces } = (await client.call("GET", "/workspaces/")).json.data;
    expect(workspaces.map((one: { name: string }) => one.name)).toEqual(["kept"]);
  });

  it("lets a running session end in its own time, with its status", async () => {
    expect(await until(running, ["complete", "failed"])).toMatchObject({ status: "complete", exit_status: 0 });
  }, 30_000);

  it("fails a session that can't begin, with a reason, and goes on serving", async () => {
    const answer = await client.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: "dies" });
    expect(answer.status, answer.text).toBe(200);
    const { id } = answer.json.data.job;
    const ended = await until(id, ["failed", "complete"]);
    expect(ended).toMatchObject({ status: "failed", reason: expect.stringContaining("no space left") });
    expect(readdirSync(join(dataDir, "run/sessions", String(id))).filter((name) => name.endsWith(".tmp"))).toEqual([]);
    expect((await client.call("GET", "/health")).status).toBe(200);
    expect((await client.call("GET", files())).json.items).toHaveLength(1);
  }, 30_000);

  it("is over once there is room again", async () => {
    rmSync(filler());
    const put = await client.call("PUT", `${files()}/content?path=a.txt`, big, { "Content-Type": "text/plain" });
    expect(put, put.text).toMatchObject({ status: 200, json: { size: big.length } });
    const ended = await until(await start("dies"), ["failed"]);
    expect(ended).toMatchObject({ exit_status: 3 });
  }, 30_000);
});
