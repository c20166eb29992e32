import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import type { HubContext } from "../context.ts";
import { wishStop } from "../servers/stops.ts";
import { widen } from "../tables.ts";
import { linkedName, userOf } from "../users/queries.ts";
import { LAUNCH_KIND } from "./begin-launch.ts";
import { bringUp } from "./bring-up.ts";
import { type LaunchProblem, problemOf } from "./causes.ts";
import { launchOf, mayHaveStarted, noteLaunch } from "./launch-rows.ts";
import { launchWords } from "./launch-words.ts";

/** What stands between our end and the queue's. */
const SPARE_SECONDS = 120;
const HEARTBEAT_SECONDS = 30;

/**
 * From the button to a server that is ready, within one budget of time: safe to repeat after a kill at any point.
 * @param stopWished ends what is to end, soon
 */
export function launchKind(context: HubContext, stopWished: () => void): OperationKind {
  return {
    kind: LAUNCH_KIND,
    // A worker that was killed is followed by another; a launch that fails ends at once.
    attempts: 5,
    heartbeatSeconds: HEARTBEAT_SECONDS,
    expireSeconds: context.platform.config.hub.launchSeconds + SPARE_SECONDS,
    concurrency: 200,
    exclusive: true,
    cancellable: true,
    run: (run) => launch(context, run),
    async settle(run, outcome) {
      await settle(context, run, outcome);
      if (outcome === "cancelled") stopWished();
    },
  };
}

function wishOf(run: OperationRun) {
  const { account_id: accountId, server } = run.operation.input;
  return { accountId: Number(accountId), server: String(server) };
}

async function launch(context: HubContext, run: OperationRun): Promise<JsonObject> {
  const { accountId, server } = wishOf(run);
  const row = await launchOf(context.db, accountId, server);
  // Another has begun since: this one was given up by the platform, and is nobody's any more.
  if (row?.operation_id !== run.operation.id) throw new StoaError("gone", { details: { what: "launch" } });
  const until = row.begun_at.getTime() + context.platform.config.hub.launchSeconds * 1_000;
  try {
    return await bringUp(context, run, { accountId, server, until });
  } catch (error) {
    run.signal.throwIfAborted();
    const problem = problemOf(error);
    throw problem === null ? error : await failed(context, run, problem);
  }
}

/** A refusal, for repeating the operation would not mend it: a person decides when to try anew. */
async function failed(context: HubContext, run: OperationRun, problem: LaunchProblem): Promise<StoaError> {
  const { kind: cause, said } = problem;
  const message = launchWords(cause, "en");
  const change = { state: cause === "cancelled" ? "cancelled" : "failed", cause, said } as const;
  await run.step(message, (trx) => noteLaunch(context, widen(trx), run.operation.id, change));
  return new StoaError("conflict", { message, details: { cause }, cause: problem });
}

/**
 * Whoever cancels wants no server: what this launch has asked for and what starts all the same is ended as soon as the
 * hub lets us. One that ran already, or that somebody else has started, is not.
 */
async function settle(context: HubContext, run: OperationRun, outcome: "failed" | "cancelled"): Promise<void> {
  const { accountId, server } = wishOf(run);
  const user = await userOf(context.db, accountId);
  // As it was called when it began: the person may have been linked to another since, and that one stays as it is; so
  // does the server of somebody else who has the name that this person wished for.
  const userName = run.operation.subject.id.slice(0, -`/${server}`.length);
  const row = await launchOf(context.db, accountId, server);
  const isOver =
    row !== null && row.begun_at.getTime() + context.platform.config.hub.launchSeconds * 1_000 <= Date.now();
  // Given up before that: by a defect, or with its worker. Nobody has said why.
  const cause = outcome === "cancelled" ? "cancelled" : isOver ? "too_slow" : null;
  await run.step(null, async (plain) => {
    const trx = widen(plain);
    // One that has said why it failed keeps its words.
    await noteLaunch(context, trx, run.operation.id, { state: outcome, cause });
    if (outcome !== "cancelled" || linkedName(user) !== userName) return;
    if (await mayHaveStarted(trx, run.operation.id)) await wishStop(trx, userName, server, "cancelled");
  });
}
