import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { JsonObject, OperationKind, OperationRun } from "../../platform/operations/contract.ts";
import type { Caller, HubContext } from "../context.ts";
import { LaunchRefused } from "../launch/refusals.ts";
import { widen } from "../tables.ts";
import { linkIn, seenAtHub } from "./link.ts";
import { type EmailMatch, emailMatches } from "./link-queries.ts";
import { HubAdminRefused } from "./link-refusals.ts";

export const LINK_MANY_KIND = "hub.link_many";
/** Read at a time. */
const PAGE = 100;
/** Told one by one in the result. */
const MOST_REFUSALS = 100;

interface Tally {
  readonly linked: number;
  readonly refused: number;
  /** The last one that was come to. */
  readonly after: string;
  readonly refusals: readonly { readonly name: string; readonly username: string; readonly reason: string }[];
}

/**
 * Queues linking by verified e-mail address, of as many as whoever asks has seen in the dry run.
 * @throws HubAdminRefused nobody_matches, other_count
 */
export async function queueLinkMany(context: HubContext, caller: Caller, expected: number): Promise<string> {
  const { total: count } = await emailMatches(context.db, { limit: 1, after: "" });
  if (count === 0) throw new HubAdminRefused("nobody_matches");
  if (count !== expected) throw new HubAdminRefused("other_count", { count, expected });
  return context.db.transaction().execute(async (trx) => {
    const { actor, requestId, address } = caller;
    const operation = await context.platform.operations.enqueue(trx, {
      kind: LINK_MANY_KIND,
      subject: { kind: "hub", id: "users" },
      actor: { ...actor, requestId, address },
      input: { expected, caller: caller as unknown as JsonObject },
    });
    return operation.id;
  });
}

/** One at a time, each asked of the hub and in a transaction of its own: what is refused holds nobody else up. */
export function linkManyKind(context: HubContext): OperationKind {
  return {
    kind: LINK_MANY_KIND,
    ...{ attempts: 10, heartbeatSeconds: 10, expireSeconds: 3_600, concurrency: 1 },
    ...{ exclusive: true, cancellable: true, signIn: true },
    run: (run) => linkMany(context, run),
  };
}

async function linkMany(context: HubContext, run: OperationRun): Promise<JsonObject> {
  const expected = Number(run.operation.input.expected);
  let tally = (run.kept as Tally | null) ?? { linked: 0, refused: 0, after: "", refusals: [] };
  for (;;) {
    const { matches } = await emailMatches(context.db, { limit: PAGE, after: tally.after });
    if (matches.length === 0) break;
    for (const match of matches) {
      run.signal.throwIfAborted();
      tally = count(tally, match, await linkOne(context, run, match));
      await run.keep(tally as unknown as JsonObject);
      await run.progress(Math.min(99, Math.floor((100 * (tally.linked + tally.refused)) / Math.max(1, expected))));
    }
  }
  const { after: _, ...result } = tally;
  return result as unknown as JsonObject;
}

/** @returns why not; null: linked */
async function linkOne(context: HubContext, run: OperationRun, { name, account }: EmailMatch): Promise<string | null> {
  const caller = run.operation.input.caller as unknown as Caller;
  try {
    const seen = await seenAtHub(context, { name, hubAdmin: false });
    await run.step(null, async (plain) => {
      const trx = widen(plain);
      // Whoever asked may have lost the role since.
      const admins = await context.people.admins(trx);
      if (!admins.includes(caller.actor.accountId ?? -1)) throw new HubAdminRefused("not_admin_any_more");
      await linkIn(context, trx, caller, { accountId: account.id, was: null }, seen);
    });
    return null;
  } catch (error) {
    if (error instanceof HubAdminRefused && error.reason !== "not_admin_any_more") return error.reason;
    // Away or refusing: the operation is tried again as a whole.
    if (error instanceof LaunchRefused)
      throw new StoaError("unavailable", { details: { what: "JupyterHub" }, cause: error });
    throw error;
  }
}

function count({ linked, refused, refusals }: Tally, { name, account }: EmailMatch, reason: string | null): Tally {
  if (reason === null) return { linked: linked + 1, refused, refusals, after: name };
  const told = { name, username: account.username, reason };
  return { linked, refused: refused + 1, after: name, refusals: [...refusals, told].slice(0, MOST_REFUSALS) };
}
