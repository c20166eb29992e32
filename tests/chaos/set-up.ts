import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type PortalClient, send, signIn } from "../support/portal-client.ts";
import { createOldService, type OldService } from "./old-service.ts";
import { type Places, put, sha256 } from "./stage.ts";

/** Somebody else than the one who works. */
export interface Mate {
  readonly client: PortalClient;
  readonly id: number;
}

const MATES = 8;
const PASSWORD = "correct horse battery";

export async function makeMates(base: string): Promise<Mate[]> {
  const mates: Mate[] = [];
  for (let n = 1; n <= MATES; n += 1) {
    const username = `mate-${n}`;
    const body = { username, full_name: `Mate ${n}`, email: `${username}@example.org`, password: PASSWORD };
    const made = await send(`${base}/api/register`, "POST", body);
    if (made.status >= 300) throw new Error(made.text);
    const client = await signIn(base, username, PASSWORD);
    mates.push({ client, id: (await client.call("GET", "/api/stoa/v1/auth/session")).json.account.id });
  }
  return mates;
}

export async function makePlaces(
  client: PortalClient,
): Promise<{ places: Places; sharedFiles: Record<string, string> }> {
  const place = (name: string) => makeWorkspace(client, name);
  const places = {
    uploads: await place("uploads"),
    bin: await place("bin"),
    moves: await place("moves"),
    resumable: await place("resumable"),
    shared: await place("shared"),
    playgrounds: [await place("play-1"), await place("play-2")],
  };
  const sharedFiles: Record<string, string> = {};
  for (const [index, size] of [0, 10, 70_000, 900_000].entries()) {
    const [path, content] = [`part/${index}.bin`, randomBytes(size)];
    const answer = await put(client, places.shared, path, content);
    if (answer.status !== 200) throw new Error(answer.text);
    sharedFiles[path] = sha256(content);
  }
  return { places, sharedFiles };
}

export async function makeWorkspace(client: PortalClient, name: string): Promise<number> {
  const made = await client.call("POST", "/workspaces/", { name, description: "", workspace_details: {} });
  if (made.status !== 200) throw new Error(made.text);
  return made.json.data.workspace.id;
}

/** Its person is brought before the first kill: with the token by which the judge sees what comes. */
export async function makeOldService(outside: string, env: Readonly<Record<string, string>>): Promise<OldService> {
  const folder = join(outside, "old");
  mkdirSync(folder);
  const old = createOldService(folder, env);
  const ended = await old.import().ended;
  if (ended !== "done") throw new Error(`the first import ${ended}`);
  return old;
}

/**
 * Has the shell of every session say in a file outside of Stoa that it was started, for which session, as which pid.
 * As root the sessions have a home of their owner's, and run as the owner.
 */
export function countStarts(homes: readonly string[], startedFile: string): void {
  writeFileSync(startedFile, "");
  chmodSync(startedFile, 0o666);
  const line = `printf '%s %s\\n' "$STOA_JOB_ID" "$$" >> '${startedFile}'\n`;
  for (const home of homes) writeFileSync(join(home, ".bashrc"), line);
}

export async function startSession(client: PortalClient, workspaceId: number): Promise<number> {
  const started = await client.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: "terminal" });
  if (started.status !== 200) throw new Error(started.text);
  const jobId = started.json.data.job.id;
  for (let tries = 0; tries < 300; tries += 1) {
    if ((await client.call("GET", `/jobs/${jobId}/`)).json.data.jobs[0].status === "running") return jobId;
    await sleep(100);
  }
  throw new Error(`session ${jobId} does not run`);
}
