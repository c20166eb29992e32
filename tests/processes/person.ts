import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type PortalClient, send, signIn } from "../support/portal-client.ts";
import type { StoaProcess } from "../support/stoa-process.ts";

export const PASSWORD = "correct horse battery";

/** Somebody who has registered. */
export interface Person {
  readonly client: PortalClient;
  readonly id: number;
  /** Of their system account, once they have one. */
  uid: number;
}

export async function register({ url }: StoaProcess, username: string): Promise<Person> {
  const body = { username, email: `${username}@example.org`, full_name: username, password: PASSWORD };
  const made = await send(`${url}/api/register`, "POST", body);
  if (made.status >= 300) throw new Error(`${username}: ${made.text}`);
  const client = await signIn(url, username, PASSWORD);
  const session = await client.call("GET", "/api/stoa/v1/auth/session");
  return { client, id: session.json.account.id, uid: -1 };
}

/** A session that runs: its job, the pids of its host and of its program. */
export interface Started {
  readonly job: number;
  readonly host: number;
  readonly child: number;
}

/** Starts a terminal and waits until it runs. Whose processes they are, /proc says. */
export function shellAs(person: Person, workspace: number, dataDir: string): Promise<Started> {
  return startAs(person, workspace, dataDir, "terminal");
}

/** The same of any job type: waits until it is ready. */
export async function startAs(
  { client }: Person,
  workspace: number,
  dataDir: string,
  jobType: string,
): Promise<Started> {
  const started = await client.call("PUT", `/workspaces/${workspace}/start/`, { job_type: jobType });
  if (started.status !== 200) throw new Error(started.text);
  const job = started.json.data.job.id as number;
  for (let tries = 0; (await client.call("GET", `/api/stoa/v1/sessions/${job}`)).json.ready !== true; tries += 1) {
    if (tries > 600) throw new Error(`session ${job} is not ready`);
    await sleep(50);
  }
  const pidIn = (name: string): number =>
    JSON.parse(readFileSync(join(dataDir, "run/sessions", String(job), name), "utf8")).pid;
  return { job, host: pidIn("host.json"), child: pidIn("child.json") };
}

export function processFile(pid: number, name: string): string {
  return readFileSync(`/proc/${pid}/${name}`, "utf8");
}

export function uidOf(pid: number): number {
  return Number(/^Uid:\s*(\d+)/m.exec(processFile(pid, "status"))?.[1]);
}

/** The file agents among what a process has started, and what that has. */
export function agentsBelow(pid: number): { readonly pid: number; readonly uid: number }[] {
  try {
    const children = processFile(pid, `task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
    return children.flatMap((child) => [...agentOf(child), ...agentsBelow(child)]);
  } catch {
    // It has ended meanwhile.
    return [];
  }
}

function agentOf(pid: number): { readonly pid: number; readonly uid: number }[] {
  try {
    const command = processFile(pid, "cmdline").split("\0");
    // What starts it as the person is root still.
    const isAgent = command[0]?.endsWith("node") && command.some((part) => part.endsWith("file-work/agent/main.ts"));
    return isAgent === true ? [{ pid, uid: uidOf(pid) }] : [];
  } catch {
    return [];
  }
}
