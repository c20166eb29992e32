import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { judgeOffsets, judgeThings } from "./judges/things.ts";
import { OLD_PERSON } from "./old-service.ts";
import type { World } from "./world.ts";

/** Compares the ledger with what Stoa says and what is there. Every finding is a broken promise. */
export async function judge(world: World): Promise<string[]> {
  return [
    ...(await judgeUploads(world)),
    ...(await judgeWorkspaces(world)),
    ...(await judgeSessions(world)),
    ...(await judgeThings(world)),
    ...(await judgeOffsets(world)),
    ...(await judgeOperations(world)),
    ...(await judgeLeftovers(world)),
  ];
}

async function judgeUploads({ client, ledger, places }: World): Promise<string[]> {
  const allowed = new Map<string, Set<string>>();
  for (const line of ledger.lines) {
    if (line.what !== "upload") continue;
    // Calls on one path follow one another: an ack rules out all before it, an intent adds what may be there.
    if (line.stage === "ack") allowed.set(line.path, new Set([line.sha256]));
    else allowed.set(line.path, (allowed.get(line.path) ?? new Set(["absent"])).add(line.sha256));
  }
  const found: string[] = [];
  for (const [path, hashes] of allowed) {
    const url = `${client.base}/api/stoa/v1/workspaces/${places.uploads}/files/content?path=${encodeURIComponent(path)}`;
    const answer = await fetch(url, { headers: { Cookie: client.cookie, "Sec-Fetch-Site": "same-origin" } });
    const bytes = Buffer.from(await answer.arrayBuffer());
    const is = answer.status === 404 ? "absent" : createHash("sha256").update(bytes).digest("hex");
    if (!hashes.has(is))
      found.push(`upload ${path}: ${answer.status}, ${bytes.length} bytes, ${is} was never acknowledged`);
  }
  return found;
}

async function judgeWorkspaces({ client, ledger }: World): Promise<string[]> {
  const list = (await client.call("GET", "/workspaces/")).json.data.workspaces as {
    id: number;
    name: string;
    status: string;
  }[];
  const found: string[] = [];
  const deletes = new Map<number, string>();
  for (const line of ledger.lines) if (line.what === "delete") deletes.set(line.id, line.stage);
  for (const line of ledger.lines) {
    if (line.what !== "create" || line.stage !== "ack" || line.id === undefined) continue;
    const there = list.find((workspace) => workspace.id === line.id);
    const fate = deletes.get(line.id);
    if (fate === undefined && there === undefined) found.push(`workspace ${line.id} was acknowledged and is gone`);
    if (fate === "ack" && there !== undefined)
      found.push(`workspace ${line.id} was deleted and is there (${there.status})`);
  }
  for (const workspace of list.filter((one) => one.name.startsWith("made-"))) {
    if (workspace.status !== "idle" && workspace.status !== "deleting") {
      found.push(`workspace ${workspace.id} is ${workspace.status}`);
    }
    const path = `/api/stoa/v1/workspaces/${workspace.id}/files/content?path=note.txt`;
    const note = await client.call("GET", path);
    if (note.text !== `the note of ${workspace.name}`)
      found.push(`workspace ${workspace.id} has lost its note: ${note.text}`);
  }
  return found;
}

async function judgeSessions({ client, ledger, startedFile }: World): Promise<string[]> {
  const jobs = (await client.call("GET", "/jobs/")).json.data.jobs as { id: number; status: string }[];
  const byId = new Map(jobs.map((job) => [job.id, job.status]));
  const stops = new Map<number, string>();
  for (const line of ledger.lines) if (line.what === "stop") stops.set(line.jobId, line.stage);
  const found: string[] = [];
  for (const line of ledger.lines) {
    if (line.what !== "start" || line.stage !== "ack" || line.jobId === undefined) continue;
    const status = byId.get(line.jobId);
    const fate = stops.get(line.jobId);
    if (status === undefined) found.push(`session ${line.jobId} was acknowledged and is gone`);
    else if (fate === undefined && status !== "running")
      found.push(`session ${line.jobId} should run and is ${status}`);
    else if (fate === "ack" && status !== "complete") found.push(`session ${line.jobId} was stopped and is ${status}`);
  }
  const started = existsSync(startedFile) ? readFileSync(startedFile, "utf8").trim().split("\n") : [];
  const pids = new Map<number, number[]>();
  for (const line of started.filter((text) => text !== "")) {
    const [jobId, pid] = line.split(" ").map(Number) as [number, number];
    pids.set(jobId, [...(pids.get(jobId) ?? []), pid]);
  }
  for (const [jobId, list] of pids) {
    if (list.length > 1) found.push(`session ${jobId} was started ${list.length} times`);
    const alive = list.some((pid) => belongsTo(pid, jobId));
    const status = byId.get(jobId);
    if (alive && status !== "running") found.push(`session ${jobId} is ${status} and its program goes on`);
    if (!alive && status === "running") found.push(`session ${jobId} is running without a program`);
  }
  for (const [id, status] of byId) {
    if (status === "running" && !pids.has(id)) found.push(`session ${id} is running and never started its program`);
  }
  return found;
}

/** The pid may be another's by now: the program's environment names its session. */
function belongsTo(pid: number, jobId: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0").includes(`STOA_JOB_ID=${jobId}`);
  } catch {
    return false;
  }
}

async function judgeOperations({ client }: World): Promise<string[]> {
  const found: string[] = [];
  for (const state of ["queued", "running", "failed"]) {
    const list = (await client.call("GET", `/api/stoa/v1/operations?state=${state}&limit=50`)).json;
    for (const one of list.items as { id: string; kind: string; message: string | null; error: unknown }[]) {
      found.push(`operation ${one.id} (${one.kind}) is ${state}: ${one.message ?? ""} ${JSON.stringify(one.error)}`);
    }
  }
  return found;
}

/** Of a copy, which inode has its name: nothing half-written, and there until the hourly sweep. */
const isNote = (name: string): boolean => /^copy-[0-9a-f-]{36}\.inode$/.test(name);

/** Half-written files and directories that no workspace owns, but for what somebody may still go on with. */
async function judgeLeftovers({ client, dataDir, places, importOver }: World): Promise<string[]> {
  const uploads = (await client.call("GET", `/api/stoa/v1/workspaces/${places.resumable}/uploads?limit=100`)).json;
  const open = new Set((uploads.items as { id: string }[]).map(({ id }) => `upload-${id}`));
  const found: string[] = [];
  const root = join(dataDir, "workspaces");
  for (const account of readdirSync(root)) {
    // The next import clears what the last one left.
    if (account === `${OLD_PERSON}` && !importOver) continue;
    for (const name of readdirSync(join(root, account))) {
      if (/^\d+$/.test(name)) continue;
      const left = readdirSync(join(root, account, name)).filter((entry) => !open.has(entry) && !isNote(entry));
      if (left.length > 0)
        found.push(`${account}/${name} holds ${left.length} half-written things: ${left.slice(0, 3)}`);
    }
  }
  return found;
}
