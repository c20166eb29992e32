import { mkdtempSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FastifyInstance } from "fastify";
import { WebSocket } from "ws";
import { createAccounts } from "../accounts/accounts.ts";
import type { Config } from "../config/schema.ts";
import { createAudit } from "../platform/audit/audit.ts";
import { createEvents } from "../platform/events/events.ts";
import { createRevocationBus } from "../platform/http/revocation-bus.ts";
import { createHttpServer } from "../platform/http/server.ts";
import { createOperations } from "../platform/operations/operations.ts";
import type { Platform } from "../platform/platform.ts";
import { CHEAP_PASSWORDS } from "../testing/cheap-passwords.ts";
import { createTestAuthenticator, testPrincipal } from "../testing/create-test-server.ts";
import { createTestPlatform, testConfig } from "../testing/test-platform.ts";
import { createWorkspaces } from "../workspaces/workspaces.ts";
import type { SessionsContext, SessionWorkspaces } from "./context.ts";
import type { JobType } from "./job-types/contract.ts";
import { createSessions, type Sessions } from "./sessions.ts";
import type { Ground } from "./test-ground.ts";

/** Shells read their account's own files at start; whatever those do on this machine is not the tests' matter. */
process.env.HOME = mkdtempSync(join(tmpdir(), `stoa-vitest-${process.pid}-home-`));

export interface TestSessions {
  readonly app: FastifyInstance;
  readonly platform: Platform;
  readonly sessions: Sessions;
  readonly base: string;
  call(method: "GET" | "PUT" | "POST" | "DELETE", path: string, options?: CallOptions): Promise<Answer>;
  /** Starts a job in a new workspace of boss's. */
  begin(jobType: string, options?: Record<string, unknown>): Promise<{ jobId: number; workspaceId: number }>;
  job(jobId: number): Promise<Job>;
  until(jobId: number, status: string, withinMs?: number): Promise<Job>;
  terminal(jobId: number, as?: string): TestSocket;
  socket(path: string, headers?: Record<string, string>): TestSocket;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly as?: "boss" | "ann" | "nobody";
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads foreign shapes and asserts on them at once
  readonly body: any;
}

// biome-ignore lint/suspicious/noExplicitAny: as above
export type Job = any;

export interface TestSocket {
  readonly socket: WebSocket;
  readonly frames: Record<string, unknown>[];
  text(): string;
  closed(): { code: number; reason: string } | null;
  /** A text frame. */
  send(data: string): void;
  /** Keystrokes: a binary frame. */
  type(keys: string): void;
  until(text: string, withinMs?: number): Promise<void>;
}

const TOKENS = { boss: "zpat_boss", ann: "zpat_ann" } as const;

/** One server process's part of Stoa, on that ground. */
export async function startSessions(
  ground: Pick<Ground, "database" | "dataDir" | "workspace">,
  changes: {
    readonly extraJobTypes?: readonly JobType[];
    readonly nodeId?: string;
    readonly localIsolation?: Config["localIsolation"];
    readonly limits?: Partial<Config["limits"]>;
    readonly sessions?: Partial<Config["sessions"]>;
    /** Finds folders of workspaces instead of what looks on the disk. */
    readonly folder?: SessionWorkspaces["folder"];
    /** How much room people's storage has. */
    readonly roomOf?: SessionsContext["roomOf"];
  } = {},
): Promise<TestSessions> {
  const { db, url } = ground.database;
  const base = testConfig();
  const limits = { ...base.limits, requestsPerMinute: 0, sessionsPerPerson: 50, ...changes.limits };
  const { nodeId = "node-a" } = changes;
  const localIsolation = changes.localIsolation ?? "auto";
  const config = {
    ...base,
    port: 0,
    dataDir: ground.dataDir,
    nodeId,
    limits,
    localIsolation,
    sessions: { ...base.sessions, ...changes.sessions },
  };
  const { log } = createTestPlatform();
  const events = createEvents({ db, directUrl: url, log });
  const audit = createAudit({ db, log });
  const operations = createOperations({ db, connectionString: url, events, audit, nodeId: config.nodeId, log });
  const revocations = createRevocationBus(events, log);
  const platform = createTestPlatform({ config, db, log, events, audit, operations, revocations });
  const authenticator = createTestAuthenticator({
    [TOKENS.boss]: testPrincipal({ accountId: 1, label: "boss", isAdmin: true }),
    [TOKENS.ann]: testPrincipal({ accountId: 2, label: "ann" }),
    uws_boss: testPrincipal({ accountId: 1, label: "boss", isAdmin: true, kind: "uws-token" }),
    uws_ann: testPrincipal({ accountId: 2, label: "ann", kind: "uws-token" }),
  });
  const extraJobTypes = changes.extraJobTypes ?? [];
  const jobTypes = new Set(["terminal", "local_test_job", ...extraJobTypes.map((type) => type.id)]);
  const accounts = createAccounts(platform, CHEAP_PASSWORDS);
  const workspaces = createWorkspaces(platform, accounts, jobTypes);
  // The principals here have no rows: what becomes of access when they end is tried on the real accounts.
  const credentialIsLive = async (): Promise<boolean> => true;
  const { byIds, findable, groups, named } = accounts;
  const sessions = createSessions(
    platform,
    { authenticator, credentialIsLive, byIds, findable, groups, named },
    { ...workspaces, folder: changes.folder ?? workspaces.folder },
    { extraJobTypes, ...(changes.roomOf === undefined ? {} : { roomOf: changes.roomOf }) },
  );
  const app = await createHttpServer({
    platform,
    authenticator,
    routes: [workspaces.routes, sessions.routes],
    intercept: sessions.intercept,
    strict: true,
  });
  await events.start();
  await workspaces.start();
  await sessions.start();
  await operations.start();
  await app.listen({ host: "127.0.0.1", port: 0 });
  const { port } = app.server.address() as AddressInfo;
  platform.addresses.boundTo(port);
  const call = caller(app);

  return {
    app,
    platform,
    sessions,
    base: `http://127.0.0.1:${port}`,
    call,
    async begin(jobType, options = {}) {
      const workspaceId = await ground.workspace(1);
      const answer = await call("PUT", `/workspaces/${workspaceId}/start/`, {
        body: { job_type: jobType, ...options },
      });
      if (answer.status !== 200) throw new Error(`start: ${answer.status} ${JSON.stringify(answer.body)}`);
      return { workspaceId, jobId: answer.body.data.job.id };
    },
    job: async (jobId) => (await call("GET", `/jobs/${jobId}/`)).body.data.jobs[0],
    async until(jobId, status, withinMs = 30_000) {
      for (const limit = Date.now() + withinMs; ; await sleep(20)) {
        const [job] = (await call("GET", `/jobs/${jobId}/`)).body.data.jobs;
        if (job?.status === status) return job;
        if (Date.now() > limit) throw new Error(`job ${jobId} is ${JSON.stringify(job)}, not ${status}`);
      }
    },
    terminal: (jobId, as = TOKENS.boss) =>
      openSocket(
        `ws://127.0.0.1:${port}/api/stoa/v1/sessions/${jobId}/terminal`,
        as === "" ? {} : { Authorization: `Bearer ${as}` },
      ),
    socket: (path, headers = {}) => openSocket(`ws://127.0.0.1:${port}${path}`, headers),
    async stop() {
      await operations.stop(1000);
      await sessions.stop();
      await workspaces.stop();
      await app.close();
      revocations.stop();
      await audit.stop();
      await events.stop();
    },
  };
}

function caller(app: FastifyInstance): TestSessions["call"] {
  return async (method, path, { as = "boss", body, headers = {} } = {}) => {
    const response = await app.inject({
      method,
      url: path,
      headers: {
        host: "localhost",
        ...(as === "nobody" ? {} : { authorization: `Bearer ${TOKENS[as]}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const json = String(response.headers["content-type"]).includes("json");
    const parsed: unknown = json ? JSON.parse(response.body) : response.body;
    return { status: response.statusCode, headers: response.headers, body: parsed };
  };
}

function openSocket(url: string, headers: Record<string, string>): TestSocket {
  const socket = new WebSocket(url, { headers });
  const frames: Record<string, unknown>[] = [];
  const early: (string | Buffer)[] = [];
  let text = "";
  let closed: { code: number; reason: string } | null = null;
  socket.on("open", () => {
    for (const data of early.splice(0)) socket.send(data);
  });
  socket.on("message", (data: Buffer, binary) => {
    if (binary) text += data.toString("latin1");
    else frames.push(JSON.parse(data.toString()) as Record<string, unknown>);
  });
  socket.on("unexpected-response", (_req, res) => {
    closed = { code: res.statusCode ?? 0, reason: "" };
    socket.terminate();
  });
  socket.on("error", () => {});
  socket.on("close", (code, reason) => {
    closed ??= { code, reason: reason.toString() };
  });
  const put = (data: string | Buffer): void => {
    if (socket.readyState === socket.OPEN) socket.send(data);
    else early.push(data);
  };
  return {
    socket,
    frames,
    text: () => text,
    closed: () => closed,
    send: put,
    type: (keys) => put(Buffer.from(keys)),
    async until(wanted, withinMs = 30_000) {
      for (const limit = Date.now() + withinMs; !text.includes(wanted); await sleep(10)) {
        if (Date.now() > limit) throw new Error(`"${wanted}" never came; last: ${JSON.stringify(text.slice(-300))}`);
      }
    },
  };
}
