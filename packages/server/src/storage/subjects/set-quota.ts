import { StoaError } from "../../platform/errors/stoa-error.ts";
import type { Caller, StorageContext } from "../context.ts";
import type { SubjectRow } from "../tables.ts";
import { changeQuota, putBack } from "./ensure.ts";
import { type ProblemCode, problemCodeOf, requireDone } from "./outcomes.ts";
import { lockById } from "./queries.ts";

/**
 * Sets a quota in bytes, 0 takes it away; resolves when it holds.
 * @throws StoaError not_found, conflict (below what is used, where the back end refuses that), unavailable
 */
export async function setQuota(
  context: StorageContext,
  caller: Caller,
  id: number,
  quota: number,
): Promise<SubjectRow> {
  const { db, known, settler } = context;
  const { row, before } = await db.transaction().execute(async (trx) => {
    const locked = await lockById(trx, id);
    if (locked === null || locked.deleted_at !== null)
      throw new StoaError("not_found", { details: { what: "storage" } });
    return { row: await changeQuota(context, trx, caller, locked, quota), before: locked };
  });
  const outcome = (await settler.settle([id])).get(id) ?? { code: "missing" as const, problem: "" };
  if (outcome.code === "below_used") await putBack(context, row, before);
  await known.refresh([id]);
  requireDone(outcome, `the quota of ${row.name}`);
  return known.byId(id) ?? row;
}

export interface QuotaResult {
  readonly id: number;
  readonly done: boolean;
  /** Why not. */
  readonly problem: string | null;
  readonly problem_code: ProblemCode | null;
}

/** The same for many: each by itself, those that go together in the same commands. */
export function setQuotas(
  context: StorageContext,
  caller: Caller,
  ids: readonly number[],
  quota: number,
): Promise<QuotaResult[]> {
  return Promise.all(
    ids.map(async (id) => {
      try {
        await setQuota(context, caller, id, quota);
        return { id, done: true, problem: null, problem_code: null };
      } catch (error) {
        if (!(error instanceof StoaError) || error.code === "defect") throw error;
        return { id, done: false, problem: error.message, problem_code: codeOf(error) };
      }
    }),
  );
}

function codeOf({ code, details }: StoaError): ProblemCode | null {
  if (code === "not_found") return "missing";
  return code === "disk_full" ? "full" : problemCodeOf(details.reason);
}
