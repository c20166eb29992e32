import { setTimeout as sleep } from "node:timers/promises";
import type { Answer, PortalClient } from "../../support/portal-client.ts";
import type { SeededRandom } from "../seeded-random.ts";
import { isDone } from "../stage.ts";
import { PROGRAMS } from "./programs.ts";
import type { Order, SessionLedger } from "./session-ledger.ts";

/** What a round's actors share. */
export interface SessionStage {
  readonly client: PortalClient;
  readonly ledger: SessionLedger;
  readonly workspaces: readonly number[];
  readonly stopped: () => boolean;
}

export type SessionActor = (stage: SessionStage, random: SeededRandom) => Promise<void>;

/** More than these at once are stopped again. */
const MOST_LIVE = 16;
const JOB_TYPES = ["terminal", ...Object.keys(PROGRAMS)];

/** Starts sessions of every kind with options of its choice; stops some at once, extends some, leaves some. */
export const starter: SessionActor = async (stage, random) => {
  while (!stage.stopped()) {
    const jobId = await order(stage, newOrder(stage, random), random.next() < 0.1);
    await sleep(random.between(0, 300));
    if (jobId === null || stage.stopped()) continue;
    const draw = random.next();
    if (draw < 0.3) await stop(stage, jobId);
    else if (draw < 0.5) await extend(stage, jobId);
    await sleep(random.between(0, 200));
  }
};

/** Extends and stops some that have run for long, and keeps their number down. */
export const stopper: SessionActor = async (stage, random) => {
  while (!stage.stopped()) {
    const listed = await stage.client.call("GET", "/jobs/?status=running");
    if (!isDone("list of sessions", listed)) continue;
    const live = listed.json.data.jobs as { id: number }[];
    if (live.length > 0 && random.next() < 0.4) await extend(stage, random.pick(live).id);
    const chosen = live.filter(() => random.next() < Math.max(0.05, (live.length - MOST_LIVE) / live.length));
    for (const { id } of chosen) if (!stage.stopped()) await stop(stage, id);
    await sleep(random.between(100, 500));
  }
};

/** @param twice two calls at one time: still one session @returns null: not taken now */
export async function order(stage: SessionStage, what: Order, twice = false): Promise<number | null> {
  const { client, ledger } = stage;
  ledger.write({ what: "start", stage: "intend", order: what });
  const body = {
    workspace_id: what.workspaceId,
    job_type: what.jobType,
    job_details: { seconds: what.seconds, status: what.status },
    resource_options: { num_cpus: what.cpus, time_limit_min: what.minutes },
  };
  const call = () => client.call("POST", "/api/stoa/v1/sessions", body, { "Idempotency-Key": what.key });
  const answers = await Promise.all(twice ? [call(), call()] : [call()]);
  const ids = answers.flatMap((answer) => (isDone("start", answer) ? [answer.json.id as number] : []));
  for (const jobId of ids) ledger.write({ what: "start", stage: "ack", order: what, jobId });
  return ids[0] ?? null;
}

function newOrder({ ledger, workspaces }: SessionStage, random: SeededRandom): Order {
  return {
    key: `round-${ledger.round}-${random.between(0, 1e9)}`,
    jobType: random.pick(JOB_TYPES),
    workspaceId: random.pick(workspaces),
    cpus: random.between(1, 4),
    minutes: random.next() < 0.3 ? 1 : random.between(2, 480),
    seconds: random.between(0, 30) / 10,
    status: random.pick([0, 0, 3, 42]),
  };
}

async function stop({ client, ledger }: SessionStage, jobId: number): Promise<void> {
  ledger.write({ what: "stop", stage: "intend", jobId });
  const answer = await client.call("PUT", `/jobs/${jobId}/stop/`);
  if (hasEnded(answer)) ledger.write({ what: "stop", stage: "refused", jobId });
  else if (isDone("stop", answer)) ledger.write({ what: "stop", stage: "ack", jobId });
}

async function extend({ client, ledger }: SessionStage, jobId: number): Promise<void> {
  const read = await client.call("GET", `/api/stoa/v1/sessions/${jobId}`);
  if (!isDone("read", read)) return;
  const seconds = ((read.json.extend?.minutes as number | undefined) ?? 0) * 60;
  if (seconds === 0) return;
  ledger.write({ what: "extend", stage: "intend", jobId, seconds });
  const answer = await client.call("POST", `/api/stoa/v1/sessions/${jobId}/extend`, { minutes: seconds / 60 });
  // It may have ended meanwhile, or its host may be away.
  if (answer.status === 409) ledger.write({ what: "extend", stage: "refused", jobId, seconds });
  else if (isDone("extend", answer)) ledger.write({ what: "extend", stage: "ack", jobId, seconds });
}

/** It ended by itself, or somebody killed its host: that is no stop. */
function hasEnded({ status, text }: Answer): boolean {
  return status === 400 && text.includes("This job is not running or pending.");
}
