import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { InjectOptions } from "fastify";
import { pino } from "pino";
import { expect } from "vitest";
import { createStoa, type Stoa } from "../../app.ts";
import { loadConfig } from "../../config/load.ts";
import { openText } from "../../platform/mail/mail-text.ts";
import type { MailRow } from "../../platform/mail/tables.ts";
import { CHEAP_PASSWORDS } from "../../testing/cheap-passwords.ts";
import { lendPrograms } from "../../testing/lent-programs.ts";
import { createTestDatabase, type TestDatabase } from "../../testing/test-database.ts";

const PASSWORD = "correct horse battery";

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect, and fail on what they don't
  readonly body: any;
}

/** Somebody with a token, who calls as programs do. */
export interface SharingPerson {
  readonly id: number;
  readonly username: string;
  call(method: NonNullable<InjectOptions["method"]>, url: string, body?: unknown): Promise<Answer>;
  /** A workspace with files, by name and content; its id. */
  workspace(files?: Readonly<Record<string, string>>, fields?: Readonly<Record<string, unknown>>): Promise<number>;
  /** Shares by contract 3; the shared workspace's id. */
  share(workspaceId: number, ...receivers: SharingPerson[]): Promise<number>;
  /** The path of a workspace on the disk. */
  onDisk(workspaceId: number, ...parts: string[]): string;
}

export interface SharingServer {
  readonly stoa: Stoa;
  readonly database: TestDatabase;
  person(username: string): Promise<SharingPerson>;
  /** Lets operations run, where they were held back. */
  start(): Promise<void>;
  /** Waits until no operation waits or runs. */
  settled(): Promise<void>;
  /** Mails to somebody, oldest first; not the one that asks for their address. */
  mailsTo(person: SharingPerson): Promise<{ subject: string; text: string; locale: string }[]>;
  sql<T>(text: string, values?: readonly unknown[]): Promise<T[]>;
  close(): Promise<void>;
}

/** The whole server, black box, in this process. @param options `held`: no operation runs before `start()` */
export async function createSharingServer(
  options: { readonly held?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<SharingServer> {
  const dataDir = await mkdtemp(path.join(tmpdir(), "stoa-sharing-"));
  lendPrograms(dataDir);
  const database = await createTestDatabase();
  const env = {
    HOME: dataDir,
    STOA_DATA_DIR: dataDir,
    STOA_LOG_LEVEL: process.env.TEST_LOG ?? "silent",
    STOA_LOCAL_ISOLATION: "none",
    STOA_REQUESTS_PER_MINUTE: "0",
    STOA_DIRECTORY: "everyone",
    STOA_DRAIN: "1",
    // Nobody listens there: mails are written, and wait.
    STOA_SMTP_URL: "smtp://127.0.0.1:1",
    ...options.env,
  };
  const { db, pool, url } = database;
  const config = loadConfig(env, dataDir);
  const log = pino({ level: config.logLevel });
  const stoa = await createStoa({
    config,
    database: { db, directConnectionString: url },
    log,
    passwordCost: CHEAP_PASSWORDS,
  });
  await stoa.app.ready();
  let started = false;
  const start = async () => {
    started = true;
    await stoa.start();
  };
  if (options.held !== true) await start();
  const sql = async <T>(text: string, values: readonly unknown[] = []) =>
    (await pool.query(text, [...values])).rows as T[];
  return {
    stoa,
    database,
    start,
    sql,
    person: (username) => person(stoa, dataDir, username),
    async settled() {
      const waiting = () =>
        sql("select kind, state from operations where state in ('queued', 'running') and kind <> 'mail.send'");
      await expect.poll(waiting, { timeout: 15_000 }).toEqual([]);
    },
    async mailsTo({ username }) {
      await stoa.notices.deliver();
      // The background may be at it just now.
      await expect.poll(() => sql("select id from notices where mail = 'due'")).toEqual([]);
      const rows = await sql<MailRow>(
        "select * from mails where recipient = $1 and subject not like 'Verify%' order by id",
        [`${username}@example.org`],
      );
      return rows.map((row) => ({
        subject: row.subject,
        text: openText(stoa.platform.secrets, row) ?? "",
        locale: row.locale,
      }));
    },
    async close() {
      await stoa.app.close();
      if (started) await stoa.stop();
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function person(stoa: Stoa, dataDir: string, username: string): Promise<SharingPerson> {
  const send = async (method: NonNullable<InjectOptions["method"]>, url: string, body: unknown, token?: string) => {
    const response = await stoa.app.inject({
      method,
      url,
      headers: { host: "localhost:8080", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const isJson = String(response.headers["content-type"]).includes("json") && response.body !== "";
    return { status: response.statusCode, body: isJson ? JSON.parse(response.body) : response.body };
  };
  const full_name = `${username[0]?.toUpperCase()}${username.slice(1)} van Test`;
  const identity = { username, email: `${username}@example.org`, full_name, password: PASSWORD };
  const registered = await send("POST", "/api/register", identity);
  if (registered.status !== 201) throw new Error(`${username} can't register: ${JSON.stringify(registered)}`);
  const signedIn = await stoa.app.inject({
    method: "POST",
    url: "/api/token",
    headers: { host: "localhost:8080", "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({ username, password: PASSWORD }).toString(),
  });
  if (signedIn.statusCode !== 200) throw new Error(`${username} can't sign in: ${signedIn.body}`);
  const { access_token: token } = signedIn.json() as { access_token: string };
  const call: SharingPerson["call"] = (method, url, body) => send(method, url, body, token);
  const { id } = (await call("GET", "/api/stoa/v1/account")).body as { id: number };
  return {
    id,
    username,
    call,
    async workspace(files = {}, fields = {}) {
      const list = Object.entries(files).map(([name, content]) => ({ name, content }));
      const body = { name: "Thesis", description: "first draft", workspace_details: { files: list }, ...fields };
      const answer = await call("POST", "/workspaces/", body);
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
      return answer.body.data.workspace.id;
    },
    async share(workspaceId, ...receivers) {
      const body = { original_workspace_id: workspaceId, shared_user_ids: receivers.map((one) => one.id) };
      const answer = await call("POST", "/shared_workspaces/", body);
      if (answer.status !== 200) throw new Error(JSON.stringify(answer));
      return answer.body.data.shared_workspaces[0].shared_workspace_id.id;
    },
    onDisk: (workspaceId, ...parts) => path.join(dataDir, "workspaces", String(id), String(workspaceId), ...parts),
  };
}
