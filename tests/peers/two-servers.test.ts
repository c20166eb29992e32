import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { type ExternalPostgres, hasExternalPostgres, startExternalPostgres } from "../support/external-postgres.ts";
import { accessToken, type PortalClient, send, signIn } from "../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../support/stoa-process.ts";

const MAIN = join(import.meta.dirname, "../support/stoa-with-programs.ts");

/** Two server processes on one external PostgreSQL 15 behave as one. */
describe.skipIf(!hasExternalPostgres())("two servers on one PostgreSQL 15", () => {
  let postgres: ExternalPostgres;
  let one: StoaProcess;
  let two: StoaProcess;
  let admin: PortalClient;
  let token: string;
  let workspaceId: number;

  beforeAll(async () => {
    postgres = await startExternalPostgres();
    one = await startStoa({ main: MAIN, env: environment("one") });
    two = await startStoa({ main: MAIN, env: environment("two") });
    admin = await signIn(one.url, "admin", one.adminPassword);
    token = await accessToken(two.url, "admin", one.adminPassword);
    const made = await admin.call("POST", "/workspaces/", { name: "shared", description: "", workspace_details: {} });
    workspaceId = made.json.data.workspace.id;
  }, 120_000);

  afterAll(async () => {
    await Promise.all([one && discard(one), two && discard(two)]);
    await postgres?.stop();
  }, 60_000);

  const environment = (node: string): Record<string, string> => ({
    DATABASE_URL: postgres.url,
    STOA_NODE_ID: node,
    STOA_SECRET_KEY: "a key that both servers hold, long enough to be one",
    STOA_LOG_LEVEL: "warn",
    TEST_TICK: "1",
  });

  async function startTerminal(): Promise<number> {
    const started = await admin.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: "terminal" });
    expect(started.status, started.text).toBe(200);
    return started.json.data.job.id;
  }

  /** The status socket of a session on the other server, and when each status came. */
  async function watch(jobId: number): Promise<{ seen: { status: string; at: number }[]; close(): void }> {
    const socket = new WebSocket(`${two.url.replace("http", "ws")}/jobs/${jobId}/`, {
      headers: { Authorization: `Bearer ${token}` },
    });
    const seen: { status: string; at: number }[] = [];
    socket.on("message", (data) => seen.push({ status: JSON.parse(data.toString()).status, at: Date.now() }));
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    return { seen, close: () => socket.terminate() };
  }

  async function until(what: string, condition: () => boolean, timeoutMs: number): Promise<void> {
    const end = Date.now() + timeoutMs;
    while (!condition()) {
      if (Date.now() > end) throw new Error(`not within ${timeoutMs} ms: ${what}`);
      await sleep(20);
    }
  }

  it("carries a status change made by one to a WebSocket on the other", async () => {
    const jobId = await startTerminal();
    const { seen, close } = await watch(jobId);
    await until("running", () => seen.some((one) => one.status === "running"), 10_000);
    const stopAt = Date.now();
    expect((await admin.call("PUT", `/jobs/${jobId}/stop/`)).status).toBe(200);
    await until("stopping or complete", () => seen.some((one) => /stopping|complete/.test(one.status)), 2_000);
    expect(Date.now() - stopAt).toBeLessThan(2_000);
    await until("complete", () => seen.some((one) => one.status === "complete"), 12_000);
    close();
  });

  it("does so too while the LISTEN connections are cut for a while", async () => {
    const jobId = await startTerminal();
    const { seen, close } = await watch(jobId);
    await until("running", () => seen.some((one) => one.status === "running"), 10_000);
    let cuts = 0;
    let cutting = true;
    const cutter = (async () => {
      while (cutting) {
        const { rowCount } = await postgres.query(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query ~* '^ *listen' AND datname = 'stoa'",
        );
        cuts += rowCount ?? 0;
        await sleep(50);
      }
    })();
    await sleep(300);
    await admin.call("PUT", `/jobs/${jobId}/stop/`);
    await until("a change without LISTEN", () => seen.some((one) => /stopping|complete/.test(one.status)), 4_000);
    cutting = false;
    await cutter;
    expect(cuts).toBeGreaterThan(0);
    await until("complete", () => seen.some((one) => one.status === "complete"), 15_000);
    close();
  });

  it("fires each tick of a schedule once", async () => {
    await sleep(8_000);
    const { rows } = await postgres.query(
      "SELECT count(*)::int AS ticks, extract(epoch FROM max(created_at) - min(created_at))::float AS seconds FROM operations WHERE kind = 'test.tick'",
    );
    // n ticks a second apart span n - 1 seconds; fired by both servers they would be twice as many.
    expect(rows[0].ticks).toBeGreaterThan(6);
    expect(rows[0].ticks).toBeLessThanOrEqual(Math.round(rows[0].seconds) + 1);
  }, 30_000);

  it("closes a revoked token's open streams on both within a second", async () => {
    const made = await admin.call("POST", "/api/stoa/v1/account/tokens", { label: "streams", scopes: ["events:read"] });
    expect(made.status, made.text).toBe(201);
    const closedAt: number[] = [];
    for (const server of [one, two]) {
      const answer = await fetch(`${server.url}/api/stoa/v1/events`, {
        headers: { Authorization: `Bearer ${made.json.token}` },
      });
      expect(answer.status).toBe(200);
      void (async () => {
        for await (const _ of answer.body as unknown as AsyncIterable<Uint8Array>);
      })().then(
        () => closedAt.push(Date.now()),
        () => closedAt.push(Date.now()),
      );
    }
    await sleep(300);
    expect(closedAt).toEqual([]);
    const revokedAt = Date.now();
    expect((await admin.call("DELETE", `/api/stoa/v1/account/tokens/${made.json.key_id}`)).status).toBeLessThan(300);
    await until("both closed", () => closedAt.length === 2, 3_000);
    for (const at of closedAt) expect(at - revokedAt).toBeLessThan(1_000);
    const after = await send(`${two.url}/api/stoa/v1/events`, "GET", undefined, {
      Authorization: `Bearer ${made.json.token}`,
    });
    expect(after.status).toBe(401);
  });

  it("keeps terminals going and refuses writes with 503 while the database is away", async () => {
    const jobId = await startTerminal();
    await sleep(2_000);
    const socket = new WebSocket(`${one.url.replace("http", "ws")}/api/stoa/v1/sessions/${jobId}/terminal`, {
      headers: { Cookie: admin.cookie, Origin: admin.base },
    });
    let text = "";
    socket.on("message", (data, binary) => {
      if (binary) text += data.toString();
    });
    await new Promise((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    await until("the prompt", () => text.length > 0, 20_000);
    await postgres.crash();
    try {
      socket.send(Buffer.from("echo without-$((40+2))\n"));
      await until("the terminal without a database", () => text.includes("without-42"), 5_000);
      const refused = await admin.call("POST", "/workspaces/", { name: "x", description: "", workspace_details: {} });
      expect(refused.status).toBe(503);
      expect(refused.json).toMatchObject({ success: false });
      // Away for longer than any connection attempt is patient (30 s with STOA_LONG_TESTS).
      await sleep(process.env.STOA_LONG_TESTS === "1" ? 30_000 : 3_000);
      socket.send(Buffer.from("echo still-$((41+2))\n"));
      await until("the terminal still", () => text.includes("still-43"), 5_000);
    } finally {
      await postgres.restart();
    }
    let status = 0;
    for (let tries = 0; status !== 200 && tries < 30; tries += 1) {
      await sleep(500);
      status = (await admin.call("POST", "/workspaces/", { name: "back", description: "", workspace_details: {} }))
        .status;
    }
    expect(status).toBe(200);
    const stopped = await admin.call("PUT", `/jobs/${jobId}/stop/`);
    expect(stopped.status, stopped.text).toBe(200);
    socket.terminate();
  }, 90_000);
});
