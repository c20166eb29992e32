import { setTimeout as sleep } from "node:timers/promises";
import { type PortalClient, send } from "./portal-client.ts";

/** A running session of a web program, opened with a ticket as a browser opens it. */
export interface OpenSession {
  readonly jobId: number;
  /** Loopback address; the headers name the session's host. */
  readonly url: string;
  readonly webSocketUrl: string;
  readonly origin: string;
  readonly headers: Record<string, string>;
  readonly client: PortalClient;
}

/** Makes a workspace, starts the job type in it, waits until it is ready and redeems a ticket. */
export async function openSession(client: PortalClient, jobType: string): Promise<OpenSession> {
  const made = await client.call("POST", "/workspaces/", { name: jobType, description: "", workspace_details: {} });
  if (made.status !== 200) throw new Error(`workspace: ${made.text}`);
  const workspaceId = made.json.data.workspace.id as number;
  const started = await client.call("PUT", `/workspaces/${workspaceId}/start/`, { job_type: jobType });
  if (started.status !== 200) throw new Error(`start: ${started.text}`);
  const jobId = started.json.data.job.id as number;
  for (let tries = 0; ; tries += 1) {
    const job = (await client.call("GET", `/jobs/${jobId}/`)).json.data.jobs[0];
    if (job.status === "running" && job.job_details.current_job_details.message === "Webserver ready.") break;
    if (tries > 600) throw new Error(`the session is not ready: ${JSON.stringify(job)}`);
    await sleep(100);
  }
  const ticket = await client.call("POST", `/api/stoa/v1/sessions/${jobId}/ticket`);
  const link = new URL(ticket.json.url as string);
  const base = `http://127.0.0.1:${link.port}`;
  const opened = await send(base + link.pathname + link.search, "GET", undefined, { Host: link.host });
  const cookie = opened.headers.get("set-cookie")?.split(";")[0];
  if (opened.status !== 303 || cookie === undefined) throw new Error(`ticket: ${opened.status} ${opened.text}`);
  return {
    jobId,
    url: `${base}/`,
    webSocketUrl: `ws://127.0.0.1:${link.port}/`,
    origin: link.origin,
    headers: { Host: link.host, Cookie: cookie },
    client,
  };
}
