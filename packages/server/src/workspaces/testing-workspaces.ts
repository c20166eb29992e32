import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { FastifyInstance, InjectOptions } from "fastify";
import type { Config } from "../config/schema.ts";
import type { Platform } from "../platform/platform.ts";
import { createTestAuthenticator, createTestServer, testPrincipal } from "../testing/create-test-server.ts";
import { removeDirectory } from "../testing/remove-directory.ts";
import { createTestDatabase, type TestDatabase } from "../testing/test-database.ts";
import { createTestPlatform, type TestPlatform, testConfig } from "../testing/test-platform.ts";
import type { SharingAccounts } from "./sharing/sharing.ts";
import type { StorageRoom } from "./storage-room/storage-room.ts";
import { createTestOperations, type TestOperations } from "./testing-operations.ts";
import { createWorkspaces, type Workspaces } from "./workspaces.ts";

type Person = "ann" | "bob";
type Method = NonNullable<InjectOptions["method"]>;
type CallOptions = { as?: Person; headers?: Record<string, string>; raw?: string | Buffer };

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect, and fail on what they don't
  readonly body: any;
  readonly text: string;
  readonly headers: Record<string, unknown>;
}

export interface WorkspacesServer {
  readonly app: FastifyInstance;
  readonly database: TestDatabase;
  readonly platform: TestPlatform;
  readonly operations: TestOperations;
  readonly workspaces: Workspaces;
  readonly dataDir: string;
  readonly ids: Readonly<Record<Person, number>>;
  /** As ann, unless said otherwise. */
  call(method: Method, url: string, body?: unknown, options?: CallOptions): Promise<Answer>;
  /** A new workspace's id; files by name and content. */
  create(files?: Readonly<Record<string, string>>, as?: Person): Promise<number>;
  /** The path of a file in a workspace, on the disk. */
  onDisk(id: number, ...parts: string[]): string;
  close(): Promise<void>;
}

/** Workspaces on a real database and directory, behind the real HTTP platform, with two people. */
export async function createWorkspacesServer(
  changes: {
    config?: Partial<Config>;
    limits?: Partial<Config["limits"]>;
    platform?: Partial<Platform>;
    room?: StorageRoom;
  } = {},
): Promise<WorkspacesServer> {
  const database = await createTestDatabase();
  const dataDir = await mkdtemp(path.join(tmpdir(), "stoa-workspaces-"));
  const base = testConfig();
  const limits = { ...base.limits, requestsPerMinute: 0, ...changes.limits };
  const config = { ...base, dataDir, limits, ...changes.config };
  const ids = { ann: await addAccount(database, "ann"), bob: await addAccount(database, "bob") };
  const operations = createTestOperations(database.db);
  const platform = createTestPlatform({ config, db: database.db, operations, ...changes.platform });
  const jobTypes = new Set(["terminal", "local_test_job"]);
  const workspaces = createWorkspaces(platform, testAccounts(database), jobTypes, async () => null, changes.room);
  const authenticator = createTestAuthenticator({
    zpat_ann: testPrincipal({ accountId: ids.ann, label: "ann" }),
    zpat_bob: testPrincipal({ accountId: ids.bob, label: "bob" }),
  });
  const { app } = await createTestServer({ authenticator, platform, routes: [workspaces.routes] });
  const call = caller(app);
  return {
    app,
    database,
    platform,
    operations,
    workspaces,
    dataDir,
    ids,
    call,
    async create(files = {}, as = "ann") {
      const list = Object.entries(files).map(([name, content]) => ({ name, content }));
      const body = { name: "Thesis", description: "", workspace_details: { files: list } };
      const answer = await call("POST", "/workspaces/", body, { as });
      if (answer.status !== 200) throw new Error(answer.text);
      return answer.body.data.workspace.id;
    },
    onDisk: (id, ...parts) => path.join(dataDir, "workspaces", String(ids.ann), String(id), ...parts),
    async close() {
      await app.close();
      await database.drop();
      await removeDirectory(dataDir);
    },
  };
}

function caller(app: FastifyInstance): WorkspacesServer["call"] {
  return async (method, url, body, { as = "ann", headers = {}, raw } = {}) => {
    // A copy: bytes that arrive are freed once they are on the disk, and these are the test's.
    const payload = typeof raw === "object" ? Buffer.from(raw) : (raw ?? (body as object | undefined));
    const response = await app.inject({
      method,
      url,
      headers: { host: "localhost:8080", authorization: `Bearer zpat_${as}`, ...headers },
      ...(payload === undefined ? {} : { payload }),
    });
    const isJson = String(response.headers["content-type"]).includes("json") && response.body !== "";
    return {
      status: response.statusCode,
      body: isJson ? JSON.parse(response.body) : null,
      text: response.body,
      headers: response.headers,
    };
  };
}

async function addAccount({ pool }: TestDatabase, username: string): Promise<number> {
  const { rows } = await pool.query<{ id: number }>(
    "insert into accounts (username, username_key, email, full_name) values ($1, $1, $1 || '@example.org', $1) returning id",
    [username],
  );
  const [row] = rows;
  if (!row) throw new Error("no account");
  return row.id;
}

/** The accounts domain, as far as sharing knows it. */
function testAccounts({ pool }: TestDatabase): SharingAccounts {
  return {
    async byIds(ids) {
      const { rows } = await pool.query("select id, username, email, status from accounts where id = any($1)", [ids]);
      return new Map(rows.map((row) => [row.id, { ...row, fullName: row.username, active: row.status === "active" }]));
    },
    findable: async (_viewer, ids) => new Set(ids),
    groups: { membersOf: async () => [], isMember: async () => false },
  };
}

/** A multipart body of files, as browsers and Python's requests send it. */
export function multipart(files: readonly { name: string; content: string | Buffer }[]): {
  raw: Buffer;
  headers: { "content-type": string };
} {
  const boundary = "----stoa-test-boundary";
  const parts = files.flatMap(({ name, content }, index) => [
    Buffer.from(
      `--${boundary}\r\nContent-Disposition: form-data; name="file${index}"; filename="${name}"\r\nContent-Type: application/octet-stream\r\n\r\n`,
    ),
    Buffer.from(content),
    Buffer.from("\r\n"),
  ]);
  return {
    raw: Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}
