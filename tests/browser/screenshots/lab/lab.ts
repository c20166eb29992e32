import pg from "pg";
import type { HubDouble } from "../../../../packages/server/src/hub/testing/hub-double.ts";
import { findEmbeddedPostgres } from "../../../../packages/server/src/platform/database/embedded/embedded-postgres.ts";
import { type PortalClient, signIn } from "../../../support/portal-client.ts";
import { discard, type StoaProcess, startStoa } from "../../../support/stoa-process.ts";
import { password, register } from "../../people.ts";
import { startLabHub } from "./hub.ts";
import { type Shown, shownNothing } from "./shown.ts";

/** A server with people's things on it, and the numbers of those that pictures are made of. */
export interface Lab extends Shown {
  readonly url: string;
  readonly admin: PortalClient;
  readonly person: PortalClient;
}

/** A server before anything is on it. */
export interface Ground {
  readonly stoa: StoaProcess;
  readonly hub: HubDouble;
  readonly url: string;
  readonly admin: PortalClient;
  readonly person: PortalClient;
  readonly personId: number;
  readonly username: string;
  /** What the API would take too long for, or has no call for: things of long ago. */
  sql(text: string, values?: readonly unknown[]): Promise<pg.QueryResult>;
  close(): Promise<void>;
}

/** @param fullName of the person whose pages are looked at */
export async function startGround(fullName: string): Promise<Ground> {
  const { hub, env } = await startLabHub();
  const stoa = await startStoa({ env });
  const { username } = await register(stoa.url, "en");
  const admin = await signIn(stoa.url, "admin", stoa.adminPassword);
  const found = await findEmbeddedPostgres(stoa.dataDir);
  if (found === null) throw new Error("its PostgreSQL is not there");
  const pool = new pg.Pool({ connectionString: found.url, max: 1 });
  const sql = (text: string, values: readonly unknown[] = []) => pool.query(text, [...values]);
  const renamed = await sql(
    "update accounts set username = 'shirin', username_key = 'shirin', full_name = $2, email = 'shirin@reef.example', created_at = now() - interval '200 days' where username = $1 returning id",
    [username, fullName],
  );
  return {
    stoa,
    hub,
    url: stoa.url,
    admin,
    person: await signIn(stoa.url, "shirin", password),
    personId: Number(renamed.rows[0].id),
    username: "shirin",
    sql,
    async close() {
      await pool.end();
      await discard(stoa);
      await hub.close();
    },
  };
}

/** A server that nobody has done anything on. */
export const emptyLab = ({ url, admin, person, personId }: Ground): Lab => ({
  url,
  admin,
  person,
  ...shownNothing,
  personId,
});

/** One call that has to go well. */
export async function done(client: PortalClient, method: string, path: string, body?: unknown) {
  const answer = await client.call(method, path, body);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
  return answer.text === "" ? null : answer.json;
}

export async function makeWorkspace(
  client: PortalClient,
  name: string,
  description: string,
  files: Readonly<Record<string, string>>,
): Promise<number> {
  const list = Object.entries(files).map(([file, content]) => ({ name: file, content }));
  const body = { name, description, workspace_details: { files: list, symlinks: [] } };
  return (await done(client, "POST", "/workspaces/", body)).data.workspace.id;
}

export const startTerminal = async (client: PortalClient, workspace: number): Promise<number> =>
  (await done(client, "POST", "/api/stoa/v1/sessions", { workspace_id: workspace, job_type: "terminal" })).id;

/** Ends what runs, so that nothing outlives the server. */
export async function stopAll(client: PortalClient): Promise<void> {
  const { items } = await done(client, "GET", "/api/stoa/v1/sessions?live=true");
  for (const { id } of items) await client.call("POST", `/api/stoa/v1/sessions/${id}/stop`, {});
}
