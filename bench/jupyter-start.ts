/**
 * From the call that starts a JupyterLab session to its first page through the passthrough, opened as the portal opens
 * it, beside `jupyter lab` of the same environment started by hand. Once, the session also starts a kernel.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jupyterLab4 } from "../tests/support/jupyter-peers.ts";
import { type PortalClient, send, signIn } from "../tests/support/portal-client.ts";
import { discard, startStoa } from "../tests/support/stoa-process.ts";
import { openEvents } from "./support/event-stream.ts";
import { labByHand } from "./support/lab-by-hand.ts";
import { median } from "./support/median.ts";
import { atMost, print, type Row } from "./support/report.ts";

const ROUNDS = 5;
const READY_WITHIN_MS = 60_000;

const folder = jupyterLab4();
if (folder === null) throw new Error("There is no JupyterLab to measure: run this with STOA_PEERS=required.");
const configuration = mkdtempSync(join(tmpdir(), "stoa-bench-jupyter-"));
const file = join(configuration, "job-types.yaml");
writeFileSync(file, JSON.stringify({ jupyter_lab: { environment: { folder } } }));
const stoa = await startStoa({
  env: {
    STOA_LOG_LEVEL: "warn",
    STOA_REQUESTS_PER_MINUTE: "0",
    STOA_JOB_TYPES: file,
    STOA_SESSION_MEMORY_CHECK: "off",
    STOA_LOCAL_ISOLATION: "auto",
  },
});
try {
  print({ name: "Jupyter start", rows: [await compare(folder)] });
} finally {
  await discard(stoa);
  rmSync(configuration, { recursive: true, force: true });
}

async function compare(environment: string): Promise<Row> {
  const client = await signIn(stoa.url, "admin", stoa.adminPassword);
  const home = join(configuration, "home");
  mkdirSync(home);
  await labByHand(environment, home); // warm, both alike
  await clickToLab(client, true);
  const ours: number[] = [];
  const byHand: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    byHand.push(await labByHand(environment, home));
    ours.push(await clickToLab(client, false));
  }
  const seconds = (values: readonly number[]) => values.map((value) => (value / 1000).toFixed(2)).join(", ");
  const more = median(ours.map((value, index) => value - (byHand[index] ?? Number.NaN))) / 1000;
  const note = `ours ${seconds(ours)} s, by hand ${seconds(byHand)} s`;
  const what = "From click to a usable JupyterLab, more than `jupyter lab` itself takes to answer";
  return atMost(what, Number(more.toFixed(2)), 0.5, "s", note);
}

/** @returns ms */
async function clickToLab(client: PortalClient, kernel: boolean): Promise<number> {
  const made = await client.call("POST", "/workspaces/", { name: "lab", description: "", workspace_details: {} });
  const ready = new Map<number, PromiseWithResolvers<void>>();
  const of = (id: number) =>
    ready.get(id) ?? (ready.set(id, Promise.withResolvers()).get(id) as PromiseWithResolvers<void>);
  const close = await openEvents(client, ({ type, subject, data }) => {
    if (type !== "session.status") return;
    if (data.ready === true) of(Number(subject.id)).resolve();
    else if (data.status === "failed") of(Number(subject.id)).reject(new Error(`session ${subject.id} failed`));
  });
  const before = performance.now();
  const path = `/workspaces/${made.json.data.workspace.id}/start/`;
  const started = await client.call("PUT", path, { job_type: "jupyter_lab" });
  if (started.status !== 200) throw new Error(`start: ${started.text}`);
  const jobId = started.json.data.job.id as number;
  const late = setTimeout(() => of(jobId).reject(new Error("the session is not ready")), READY_WITHIN_MS);
  await of(jobId).promise;
  clearTimeout(late);
  const session = await enter(client, jobId);
  const lab = await send(`${session.base}/lab`, "GET", undefined, session.headers);
  const took = performance.now() - before;
  close();
  if (lab.status !== 200) throw new Error(`/lab: ${lab.status} ${lab.text.slice(0, 300)}`);
  if (kernel) await startKernel(session, lab.headers.get("set-cookie") ?? "");
  await client.call("PUT", `/jobs/${jobId}/stop/`);
  return took;
}

interface Entered {
  readonly base: string;
  readonly origin: string;
  readonly headers: Record<string, string>;
}

/** As a browser that follows the link. */
async function enter(client: PortalClient, jobId: number): Promise<Entered> {
  const ticket = await client.call("POST", `/api/stoa/v1/sessions/${jobId}/ticket`);
  const link = new URL(ticket.json.url as string);
  const base = `http://127.0.0.1:${link.port}`;
  const opened = await send(base + link.pathname + link.search, "GET", undefined, { Host: link.host });
  const cookie = opened.headers.get("set-cookie")?.split(";")[0];
  if (opened.status !== 303 || cookie === undefined) throw new Error(`ticket: ${opened.status} ${opened.text}`);
  return { base, origin: link.origin, headers: { Host: link.host, Cookie: cookie } };
}

async function startKernel({ base, origin, headers }: Entered, cookies: string): Promise<void> {
  const xsrf = /(?:^|[\s,])_xsrf=([^;]+)/.exec(cookies)?.[1] ?? "";
  const answer = await send(
    `${base}/api/kernels`,
    "POST",
    { name: "python3" },
    {
      ...headers,
      Cookie: `${headers.Cookie}; _xsrf=${xsrf}`,
      Origin: origin,
      "X-XSRFToken": xsrf,
    },
  );
  if (answer.status !== 201) throw new Error(`kernel: ${answer.status} ${answer.text.slice(0, 300)}`);
}
